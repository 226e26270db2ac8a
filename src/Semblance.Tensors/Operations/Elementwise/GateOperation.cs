namespace Semblance.Tensors;

/// <summary>Provides gated activations (Shazeer 2020, arXiv:2002.05202), such as GeGLU and SwiGLU.</summary>
public static class GateOperation
{
    /// <summary>Computes f(first half) · second half of each row.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × 2 · columns]</c>.</param>
    /// <param name="activation">The function.</param>
    /// <returns><c>[rows × columns]</c>.</returns>
    /// <exception cref="ArgumentException">The width of <paramref name="x"/> is odd.</exception>
    public static Tensor Gate(this Computation run, Tensor x, Activation activation)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        if (x.Columns % 2 != 0)
        {
            throw new ArgumentException($"A gated activation needs an even number of columns, but the input is {x}.", nameof(x));
        }

        using var first = run.Columns(x, 0, x.Columns / 2);
        using var second = run.Columns(x, x.Columns / 2, x.Columns / 2);
        using var gate = run.Activate(first, activation);
        return run.Multiply(gate, second);
    }
}
