def floats(x, t):
    return type(x[0][0]) is type(t[0]) is float


def value(x, t, theta):
    [[x1, x2, x3]] = x
    [t] = t
    w14, w24, w34, b4, w15, w25, w35, b5, w46, w56, b6 = theta
    i4 = w14 * x1 + w24 * x2 + w34 * x3 + b4
    o4 = 1 / (1 + math.exp(-i4))
    i5 = w15 * x1 + w25 * x2 + w35 * x3 + b5
    o5 = 1 / (1 + math.exp(-i5))
    i6 = w46 * o4 + w56 * o5 + b6
    o6 = 1 / (1 + math.exp(-i6))
    E_sub = t - o6
    E = E_sub * E_sub / 2
    return E


def value_and_grad(x, t, theta):
    [[x1, x2, x3]] = x
    [t] = t
    w14, w24, w34, b4, w15, w25, w35, b5, w46, w56, b6 = theta
    i4 = w14 * x1 + w24 * x2 + w34 * x3 + b4
    o4 = 1 / (1 + math.exp(-i4))
    i5 = w15 * x1 + w25 * x2 + w35 * x3 + b5
    o5 = 1 / (1 + math.exp(-i5))
    i6 = w46 * o4 + w56 * o5 + b6
    o6 = 1 / (1 + math.exp(-i6))
    E_sub = t - o6
    E = E_sub * E_sub / 2

    d_o6 = -E_sub
    d_i6 = o6 * (1 - o6) * d_o6
    d_o5 = w56 * d_i6
    d_i5 = o5 * (1 - o5) * d_o5
    d_o4 = w46 * d_i6
    d_i4 = o4 * (1 - o4) * d_o4
    d_w14 = x1 * d_i4
    d_w24 = x2 * d_i4
    d_w34 = x3 * d_i4
    d_w15 = x1 * d_i5
    d_w25 = x2 * d_i5
    d_w35 = x3 * d_i5
    d_w46 = o4 * d_i6
    d_w56 = o5 * d_i6
    return E, [d_w14, d_w24, d_w34, d_i4, d_w15, d_w25, d_w35, d_i5, d_w46, d_w56, d_i6]
