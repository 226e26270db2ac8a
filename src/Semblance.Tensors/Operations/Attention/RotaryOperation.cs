using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>Provides rotary position embeddings (Su et al. 2021, arXiv:2104.09864).</summary>
public static class RotaryOperation
{
    /// <summary>
    /// Rotates the columns of each head by the position of their token in its sequence. Column i of the first half of the rotated columns
    /// is paired with column i of the second half, as in GPT-NeoX and Llama.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[tokens × heads · head size]</c>: queries or keys.</param>
    /// <param name="batch">The offsets of the sequences.</param>
    /// <param name="headSize">The width of a head.</param>
    /// <param name="positions">The angles.</param>
    /// <returns>A tensor of the shape of <paramref name="x"/>.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    public static Tensor Rotate(this Computation run, Tensor x, PackedBatch batch, int headSize, RotaryPositions positions)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(positions);
        ArgumentOutOfRangeException.ThrowIfLessThan(headSize, positions.Columns);
        if (x.Rows != batch.TokenCount || x.Columns % headSize != 0)
        {
            throw new ArgumentException($"{x} cannot be rotated as {batch.TokenCount} tokens with heads of {headSize} columns.", nameof(x));
        }

        var y = Apply(run, x, batch, headSize, positions, backward: false);
        run.Trace?.Rotate(y, x, headSize, positions);
        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient => x.AddGradient(Apply(run, gradient, batch, headSize, positions, backward: true)));
        }

        return y;
    }

    private static Tensor Apply(Computation run, Tensor x, PackedBatch batch, int headSize, RotaryPositions positions, bool backward)
    {
        var y = run.Lease(x.Shape);
        var table = positions.Table(batch.Reach);
        run.Execute(new RotaryKernel(x, batch, headSize, positions.Columns, table, backward, y), x.Rows, 2L * x.Length);
        return y;
    }
}
