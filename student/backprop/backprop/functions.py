"""Computational graphs of plain numbers, forward and backward.

Every function gets Python floats, computes the output of its graph, then walks the graph backwards and returns::

    output, (gradient of the output for the first input, for the second, ...)

with one gradient per input in the order of the arguments, as a tuple even when there is only one. Use Python
arithmetic and the ``math`` module, or NumPy. Where one value feeds two operators, its gradient is the sum of what comes
back from both.

An example, L = a b + c b::

    def f(a, b, c):
        d = a * b                          # forward: one line per operator
        e = c * b
        L = d + e

        grad_L = 1.0                       # backward: one line per input of an operator
        grad_d = grad_L
        grad_e = grad_L
        grad_a = grad_d * b
        grad_c = grad_e * b
        grad_b = grad_d * a + grad_e * c   # b is used twice
        return L, (grad_a, grad_b, grad_c)

f3 is required; f1, f2 and f4 are optional and checked all the same. Check your work with ``python backprop.py``.
"""


def f1(x1, w1, x2, w2, b, y):
    """A squared error: a1 = x1 w1, a2 = x2 w2, y_hat = a1 + a2 + b, d = y_hat - y, L = d^2.

    Returns ``L, (grad_x1, grad_w1, grad_x2, grad_w2, grad_b, grad_y)``. Optional.
    """
    L = None
    grads = None
    # Your code here
    return L, grads


def f2(x):
    """d = 2x, e = exp(d), t = e - 1, b = e + 1, y = t / b.

    Returns ``y, (grad_x,)``. It is asked for x between about -30 and 30. Optional.
    """
    y = None
    grads = None
    # Your code here
    return y, grads


def f3(s1, s2, y):
    """e1 = exp(s1), e2 = exp(s2), d = e1 + e2, p1 = e1 / d, p2 = e2 / d, p = p1 or p2 for y = 1 or 2, L = -log(p).

    ``y`` is the int 1 or 2 and gets no gradient. Returns ``L, (grad_s1, grad_s2)``. Points are given for s1 and s2
    between about -30 and 30. Whether it holds out where exp overflows is only reported.
    """
    L = None
    grads = None
    # Your code here
    return L, grads


def f4():
    """A graph of your own, with at least five operators.

    Give it as many inputs as you like, each with a name: ``def f4(a, b, c)``. Returns the output and one gradient per
    input. It is tried with inputs between 0 and 1, and its gradients are compared with slopes of the output. Optional.
    """
    output = None
    grads = None
    # Your code here
    return output, grads
