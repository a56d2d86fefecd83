"""Probes: mistakes that any operator can have, recognised without knowing the operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from checker import shapes
from checker.compare import Mismatch
from checker.evidence import Evidence, Failure
from checker.exam import AT_KINKS, Question
from checker.operator import Array, Case, aspect_of

LARGEST_EXPONENT = 80
"""Beyond about 88, exp overflows float32; inputs from here on come under suspicion."""

SAME = 1e-5
"""How closely two ratios agree that are one: far above float32 rounding, far below any two sizes' difference."""

NEEDED = "no smaller case was found to fail"
REACHED = "the inputs reach"
CONSTANT_RATIO = "times the correct value"
"""Beside these words a diagnosis tells values of the case."""

_EXCEPTIONS = {
    "RecursionError": "a function calls itself without an end, or too deep for Python: use a loop",
    "IndexError": "an index is one too far, or an axis does not exist for this shape",
    "NameError": "a name is used that is not defined (a typing error, or a missing import)",
    "UnboundLocalError": "a variable is used before it has a value on this path",
    "ZeroDivisionError": "a division by zero",
    "KeyError": "a key is looked up that was never stored",
}

_PROTOCOLS = {
    "used_before": "it fails only after the layer has been used before: something is left over from the earlier call",
    "another_between": "it fails only when another object of the class is used in between: each must keep its own",
    "gradients_reused": "it fails only when the caller reuses its arrays: keep copies of what comes in, not references",
}

_RATIOS = {
    "-1": "the sign is flipped",
    "2": "it is twice the correct value: a factor or a contribution is counted twice",
    "1/2": "it is half the correct value: a factor of 2 is missing",
}


def stopped(mismatch: Mismatch) -> str | None:
    """What an exception usually means (its own text stands in the message)."""
    fault = mismatch.fault
    assert fault is not None
    text = fault.message
    if fault.kind == "memory":
        return "an array grows far beyond the size of the inputs"
    if fault.kind == "timeout":
        return "a loop does not end, or does far more work than the input needs"
    if fault.type == "AttributeError" and "NoneType" in text:
        return "something is None that should hold an array: forward has to store it, or a function lacks its return"
    if fault.type == "TypeError" and "NoneType" in text:
        return "a function returns None where a value is needed: its return statement is missing"
    if fault.type == "ValueError" and any(
        word in text for word in ("shape", "broadcast", "matmul", "dimension", "aligned")
    ):
        return "the shapes of two arrays do not fit together"
    return _EXCEPTIONS.get(fault.type)


def form(mismatch: Mismatch, question: Question) -> str | None:
    """Why a value has the wrong type, dtype or shape."""
    value = mismatch.value
    assert value is not None
    expected = question.expected[mismatch.output]
    other = _right_elsewhere(value.array, mismatch.output, question)
    if other:
        return f"it is the right {other}: the values come back in another order"
    if mismatch.gate == "type":
        if value.type == "NoneType":
            return "the function returns nothing: its return statement is missing"
        if value.type in ("list", "tuple") and not value.note:
            return "several values, or a Python list, come back where one array is asked"
        if value.array is not None and value.array.ndim == 0:
            return "the sum or mean goes over all axes: one of them has to stay"
        return None
    if mismatch.gate == "dtype":
        if value.dtype.startswith(("int", "uint", "bool")):
            return "the array was made with an integer dtype, which cuts off fractions"
        return f"{value.dtype} is too narrow or no real number: compute in float32 or float64"
    if ".grad" in mismatch.output and 0 in value.shape and 0 not in expected.shape:
        return "it is empty: a slice such as [p:-p] takes nothing when p is 0"
    return shapes.explain(value.shape, expected.shape, question.case, ".grad" in mismatch.output)


def _right_elsewhere(got: Array | None, output: str, question: Question) -> str | None:
    """The aspect whose right answer has come back in the place of another's."""
    if got is None or got.dtype.kind != "f":
        return None
    for name, expected in question.expected.items():
        fits = expected.shape == got.shape and aspect_of(name) != aspect_of(output)
        if fits and np.any(expected) and (np.abs(got - expected) <= question.allowed[name]).all():
            return aspect_of(name)
    return None


def overflow(question: Question) -> str | None:
    """Why inf or nan appears: the largest input, when it is large enough for exp to overflow."""
    arrays = {name: a for name, a in question.case.arrays.items() if a.dtype.kind == "f" and a.size}
    largest = max((float(np.abs(array).max()) for array in arrays.values()), default=0.0)
    if largest > LARGEST_EXPONENT:
        return (
            f"overflow in exp, or log of 0: {REACHED} {largest:g}; subtract the row maximum first and never "
            "take the log of a vanished probability"
        )
    return "a division by zero or the log of 0"


def equals(failures: Sequence[Failure], aspect: str) -> str | None:
    """Outputs that are zero, or one of the arguments or earlier outputs passed through."""
    pairs = [(f, output) for f in failures for output in _outputs(f, aspect)]
    if not pairs:
        return None
    if all(not np.any(_got(f, o)) for f, o in pairs):
        return "it is zero everywhere: not computed"
    first, output = pairs[0]
    own = aspect_of(output)
    for name in first.question.case.arrays:
        if all(_same(_got(f, o), f.question.case.arrays.get(name)) for f, o in pairs):
            return f"it equals the argument {name}: passed through unchanged"
    for other in dict.fromkeys(map(aspect_of, first.answer.outputs)):
        if other != own and all(_is_output(f, o, other) for f, o in pairs):
            return f"it equals the output {other}"
    return None


def _is_output(failure: Failure, output: str, other: str) -> bool:
    name = other + output[len(aspect_of(output)) :]
    value, expected = failure.answer.outputs.get(name), failure.question.expected
    if value is None or _same(expected[output], expected.get(name)):
        # Outputs that should be equal tell nothing by being so.
        return False
    return _same(_got(failure, output), value.array)


def ratio(failures: Sequence[Failure], aspect: str) -> str | None:
    """Outputs that are the correct value times one constant, named by the sizes that it follows."""
    names: dict[str, str] | None = None
    constants: list[float] = []
    values: set[float] = set()
    for failure in failures:
        for output in _outputs(failure, aspect):
            question = failure.question
            constant = _constant_ratio(_got(failure, output), question.expected[output], question.allowed[output])
            if constant is None:
                return None
            constants.append(constant)
            values |= set(np.abs(question.expected[output]).ravel().tolist()) - {0.0}
            fitting = {
                symbol: text
                for symbol, (number, text) in _symbols(question.case).items()
                if abs(number - constant) <= SAME * abs(number)
            }
            names = fitting if names is None else {s: t for s, t in names.items() if s in fitting}
    if not constants or names is None or (len(values) == 1 and values.pop().is_integer()):
        # One count of something, of channels or parameters, is soon a multiple of another.
        return None
    if names:
        return _one_name(names)
    # Any wrong answer is some constant times one and the same number.
    if len(values) > 1 and max(constants) - min(constants) <= SAME * abs(constants[0]):
        return f"it is {constants[0]:.4g} {CONSTANT_RATIO}"
    return None


def _one_name(names: Mapping[str, str]) -> str:
    return next(iter(names.values())) if len(names) == 1 else " or ".join(list(names.values())[:2])


def _constant_ratio(got: Array, expected: Array, allowed: Array) -> float | None:
    clear = np.abs(expected) > 100 * allowed
    if not clear.any() or not np.isfinite(got).all():
        return None
    constant = float(np.median(got[clear] / expected[clear]))
    if constant == 0 or abs(constant - 1) < SAME:
        return None
    if not (np.abs(got - constant * expected) <= allowed * (1 + abs(constant)) * 2).all():
        return None
    return constant


def _symbols(case: Case) -> dict[str, tuple[float, str]]:
    table: dict[str, tuple[float, str]] = {
        name: (number, _RATIOS[name]) for name, number in (("-1", -1.0), ("2", 2.0), ("1/2", 0.5))
    }
    shape = next((array.shape for array in case.arrays.values() if array.ndim >= 1), ())
    sizes = {"N": ("the batch size", shape[0])} if shape else {}
    if len(shape) > 1:
        sizes["C"] = ("the number of columns or channels", shape[1])
        sizes["NC"] = ("batch size times columns", shape[0] * shape[1])
    if len(shape) > 2:
        sizes["HW"] = ("the number of pixels", int(np.prod(shape[2:])))
        sizes["NHW"] = ("batch size times pixels", shape[0] * int(np.prod(shape[2:])))
    for symbol, (text, number) in sizes.items():
        if number > 1:
            table[symbol] = (float(number), f"it is the correct value times {text}: a sum where a mean is due")
            table[f"1/{symbol}"] = (1 / number, f"it is the correct value divided by {text}: a mean where a sum is due")
    for name, option in case.options.items():
        if isinstance(option, float) and option not in (0.0, 1.0):
            table[name] = (option, f"it is the correct value times {name}")
            table[f"1/{name}"] = (1 / option, f"it is the correct value without its factor {name}")
    return table


def upstream(evidence: Evidence, failures: Sequence[Failure]) -> str | None:
    """Gradients that do not follow the upstream gradient linearly: asked again with it doubled."""
    if not all(aspect_of(output).endswith(".grad") for f in failures for output in _outputs(f, evidence.aspect)):
        return None
    same = squared = 0
    tried = [f for f in failures if any(_upstream_names(evidence, f.question.case))][:3]
    for failure in tried:
        case = failure.question.case
        doubled = case.with_arrays(**{name: 2 * case.arrays[name] for name in _upstream_names(evidence, case)})
        answer = evidence.ask(doubled)
        outputs = _outputs(failure, evidence.aspect)
        pairs = [(_got(failure, o), answer.outputs[o].array) for o in outputs if o in answer.outputs]
        if not pairs or any(b is None or a.shape != b.shape for a, b in pairs):
            return None
        same += all(np.any(a) and np.allclose(a, b) for a, b in pairs if b is not None)
        squared += all(np.any(a) and np.allclose(4 * a, b) for a, b in pairs if b is not None)
    if tried and same == len(tried):
        return "the upstream gradient is ignored: doubling it changes nothing"
    if tried and squared == len(tried):
        return "the upstream gradient enters twice: doubling it makes the result four times as large"
    return None


def _upstream_names(evidence: Evidence, case: Case) -> list[str]:
    return [name for name in case.arrays if name.rstrip("0123456789") in evidence.operator.upstream]


def needs(case: Case, simplest: Case) -> str | None:
    """What the smallest failing case cannot do without: its fields that are not at their simplest."""
    for protocol, text in _PROTOCOLS.items():
        if case.protocol.get(protocol):
            return text
    fields = [
        f"{name}={_option(value)}"
        for name, value in case.options.items()
        if name in simplest.options and value != simplest.options[name]
    ]
    if fields:
        return f"{NEEDED}: it takes {' and '.join(fields)}"
    sizes = [
        f"{name} of shape {array.shape}"
        for name, array in case.arrays.items()
        if name in simplest.arrays and array.shape != simplest.arrays[name].shape
    ]
    return f"{NEEDED}: it takes {sizes[0]}" if sizes else None


def _option(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _outputs(failure: Failure, aspect: str) -> list[str]:
    names = failure.question.aspects[aspect.removesuffix(AT_KINKS)]
    return [
        name
        for name in names
        if name in failure.answer.outputs
        and failure.answer.outputs[name].array is not None
        and _got(failure, name).shape == failure.question.expected[name].shape
    ]


def _got(failure: Failure, output: str) -> Array:
    array = failure.answer.outputs[output].array
    assert array is not None
    return array


def _same(got: Array, other: Array | None) -> bool:
    return other is not None and got.shape == other.shape and bool(np.array_equal(got, other))
