def parts(theta):
    W1 = theta[:10].reshape(2, 5)
    b1 = theta[10:15]
    W2 = theta[15:25].reshape(5, 2)
    b2 = theta[25:]
    return W1, b1, W2, b2


def value(x, y, theta):
    m = len(x)
    W1, b1, W2, b2 = parts(theta)
    s1 = x @ W1 + b1
    x1 = np.tanh(s1)
    s2 = x1 @ W2 + b2
    J_max = s2.max(-1, keepdims=True)
    J_exp = np.exp(s2 - J_max)
    J_sum = J_exp.sum(-1, keepdims=True)
    J = J_max - np.vecdot(y, s2)[:, None] + np.log(J_sum)
    return J.sum() / m


@functools.lru_cache(32)
def ones(n):
    return np.ones(n)  # ones(m) @ d is d.sum(0), in half the time


def value_and_grad(x, y, theta, gradient):
    m = len(x)
    W1, b1, W2, b2 = parts(theta)
    s1 = x @ W1 + b1
    x1 = np.tanh(s1)
    s2 = x1 @ W2 + b2
    J_max = s2.max(-1, keepdims=True)
    J_exp = np.exp(s2 - J_max)
    J_sum = J_exp.sum(-1, keepdims=True)
    J = J_max - np.vecdot(y, s2)[:, None] + np.log(J_sum)

    d_s2 = (J_exp / J_sum - y) / m
    d_s1 = (1 - x1**2) * (d_s2 @ W2.T)
    d_W1, d_b1, d_W2, d_b2 = parts(gradient)
    np.matmul(x.T, d_s1, out=d_W1)
    np.matmul(ones(m), d_s1, out=d_b1)
    np.matmul(x1.T, d_s2, out=d_W2)
    np.matmul(ones(m), d_s2, out=d_b2)
    return J.sum() / m
