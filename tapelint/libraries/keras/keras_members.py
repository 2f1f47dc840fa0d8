"""What objects of Keras 3 have, and what they lack of what those of Keras 2 had."""

from __future__ import annotations

from tapelint.flow.values import Cell, Library

from ..tensorflow import members
from ..world import Libraries

_METHODS = """
_flatten_layers
add_loss add_metric add_update add_variable add_weight build build_from_config call compile compile_from_config
compute_mask compute_output_shape compute_output_signature compute_output_spec count_params evaluate evaluate_generator
export finalize_state fit fit_generator from_config get_build_config get_compile_config get_config get_input_at
get_layer get_metrics_result get_output_at get_state_tree get_weights load_own_variables load_weights
make_predict_function make_test_function make_train_function predict predict_generator predict_on_batch predict_step
quantize reset_metrics reset_states save save_own_variables save_weights set_state_tree set_weights stateless_call
stateless_compute_loss summary symbolic_call test_on_batch test_step to_json to_yaml train_on_batch train_step
with_name_scope
"""
KERAS_METHODS = frozenset(_METHODS.split())
"""What an object of a project's class has from Keras, beside its attributes; any other name was given it elsewhere."""

_OF_ALL = """
add_update compute_output_signature dynamic get_input_at get_input_mask_at get_input_shape_at get_losses_for
get_output_at get_output_mask_at get_output_shape_at get_updates_for inbound_nodes input_mask name_scope outbound_nodes
output_mask submodules updates with_name_scope
"""
_OF_LAYERS = "W b get_input get_input_shape get_output get_output_shape input_shape output_shape"
_OF_MODELS = """
evaluate_generator fit_generator get_weight_paths predict_generator reset_states state_updates stateful to_yaml
"""
_OF_OPTIMIZERS = """
_compute_gradients _create_all_weights _create_hypers _create_slots _decayed_lr _get_hyper _hyper _prepare _set_hyper
add_slot aggregate_gradients compute_gradients get_gradients get_scaled_loss get_slot get_slot_names
get_unscaled_gradients get_updates get_weights lr weights
"""
_OF_METRICS = """
get_weights merge_state non_trainable_variables non_trainable_weights reset_states set_weights submodules
trainable_variables trainable_weights updates weights
"""
GONE = {
    "layer": frozenset([*_OF_ALL.split(), *_OF_LAYERS.split()]),
    "model": frozenset([*_OF_ALL.split(), *_OF_MODELS.split()]),
    "optimizer": frozenset(_OF_OPTIMIZERS.split()),
    "metric": frozenset(_OF_METRICS.split()),
}
"""What objects of Keras 2 had, or of Keras 1, by their kind, and no object of Keras 3 of this kind has, but for the
layer that wraps a module of PyTorch."""


def is_gone(world: Libraries, kind: str, name: str) -> bool:
    """Whether no object of Keras 3 has such an attribute, and the program sets none of this name."""
    return name in GONE[kind] and not world.run.is_set_somewhere(name)


_ANY_LAYER = """
activity_regularizer add_loss add_metric add_variable add_weight autocast build build_from_config built call
call_signature_parameters compute_dtype compute_mask compute_output_shape compute_output_spec count_params dtype
dtype_policy from_config get_build_config get_config get_weights input input_dtype input_spec load_own_variables losses
metrics metrics_variables name non_trainable_variables non_trainable_weights output path quantization_mode quantize
quantized_build quantized_call rematerialized_call save_own_variables set_weights stateless_call supports_jit
supports_masking symbolic_call trainable trainable_variables trainable_weights variable_dtype variables weights
"""
_ANY_MODEL = """
compile compile_from_config compiled compiled_loss compiled_metrics compute_loss compute_metrics
distribute_reduction_method distribute_strategy evaluate export fit get_compile_config get_layer get_metrics_result
get_quantization_layer_structure get_state_tree history jit_compile layers load_weights loss make_predict_function
make_test_function make_train_function metrics_names optimizer predict predict_function predict_on_batch predict_step
reset_metrics run_eagerly save save_weights set_state_tree stateless_compute_loss steps_per_execution stop_evaluating
stop_predicting stop_training summary test_function test_on_batch test_step to_json train_function train_on_batch
train_step unrolled_steps_per_execution
"""
MEMBERS = frozenset([*_ANY_LAYER.split(), *_ANY_MODEL.split()])
"""What a layer or a model of Keras 3 has, or may have by now, but for names with an underscore at the front."""
BASES = [Library(f"keras.{name}") for name in ("layers.Layer", "Layer", "Model", "models.Model")]


def lacks(world: Libraries, instance: Cell, name: str) -> bool:
    """Whether an object of a project's layer or model of Keras 3 has no such attribute for certain."""
    is_theirs = name in MEMBERS or name.startswith("_")
    return not is_theirs and members.has_what_is_seen(world, instance, BASES)


TAKES_ALL = "_allow_non_tensor_positional_args"
"""What a layer of Keras 3 sets that takes by position what is no tensor."""
_TAKING_ALL = """
AugMix AutoContrast CategoryEncoding CenterCrop ContrastLimitedAdaptiveHistogramEqualization CutMix Discretization
Equalization HashedCrossing Hashing IntegerLookup MaxNumBoundingBoxes MelSpectrogram MixUp Normalization Pipeline
RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop RandomElasticTransform
RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization
RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom Rescaling Resizing Solarization
StringLookup TextVectorization
"""
TAKING_ALL = frozenset(f"keras.layers.{name}" for name in _TAKING_ALL.split())
"""Layers that do, or that do it in a call of their own."""
