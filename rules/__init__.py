"""The rules that come with tapelint, one file each. They are found as any plugin's are; nothing imports them."""
