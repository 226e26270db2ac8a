using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>Rotary positions (Su et al. 2021, arXiv:2104.09864).</summary>
public static class RotaryOperation
{
    /// <summary>
    /// Turns the columns of each head by their token's place in its sequence. Column i of the first half of those that turn is paired with
    /// column i of the second half, as in GPT-NeoX and Llama.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[tokens × heads · head size]</c>: queries or keys.</param>
    /// <param name="batch">Where each sequence starts.</param>
    /// <param name="headSize">The width of a head.</param>
    /// <param name="positions">The angles.</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Rotate(this Computation run, Tensor x, PackedBatch batch, int headSize, RotaryPositions positions)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(positions);
        ArgumentOutOfRangeException.ThrowIfLessThan(headSize, positions.Columns);
        if (x.Rows != batch.TokenCount || x.Columns % headSize != 0)
        {
            throw new ArgumentException($"{batch.TokenCount} tokens with heads of {headSize} columns cannot be turned in {x}.", nameof(x));
        }

        var y = Turn(run, x, batch, headSize, positions, back: false);
        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient => x.AddGradient(Turn(run, gradient, batch, headSize, positions, back: true)));
        }

        return y;
    }

    private static Tensor Turn(Computation run, Tensor x, PackedBatch batch, int headSize, RotaryPositions positions, bool back)
    {
        var y = run.Lease(x.Shape);
        var table = positions.Table(batch.Reach);
        run.Execute(new RotaryKernel(x, batch, headSize, positions.Columns, table, back, y), x.Rows, 2L * x.Length);
        return y;
    }
}
