"""The table of limits of Protocol/README.md."""

MESSAGE = 16_777_216
SEGMENT = 8_388_608
PAYLOAD = 5_242_880
PAYLOADS_OF_CHANGE = 8_323_072
BLOCKS = 64
OPERATIONS = 65_536
LIST = 65_536  # table entries, references, runs or ranges in one list
SCALARS = 1_048_576  # inserted in one field by one payload
VALUE = 65_536
CHANGES = 4_096  # in a segment
SEGMENTS = 4_096  # in a message
BODIES = 1_024
LOGS = 4_096
HEADS = 65_536
DEPTH = 16
PARTITION = 64
SHORT_TEXT = 1_024
BRANCHES = 16
COUNTER = 4_611_686_018_427_387_904
TIME = 253_402_300_799_999
BUCKETS = 256
