"""What all tests share."""

from hypothesis import HealthCheck, settings

# How long something takes is no matter of these tests: they run beside others, on slow machines too.
settings.register_profile("tapelint", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tapelint")
