namespace Semblance.Tensors;

/// <summary>Provides the windows of neighboring tokens: a linear layer over them is a convolution.</summary>
public static class NeighborsOperation
{
    /// <summary>
    /// Returns the rows around each token, of its own sequence only, with zeros beyond its ends. Column c of the o-th row of a window
    /// becomes column c · width + o.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[tokens × columns]</c>.</param>
    /// <param name="batch">The offsets of the sequences.</param>
    /// <param name="width">The number of rows of a window, an odd number; the token's own row is in the middle.</param>
    /// <returns><c>[tokens × columns · width]</c>.</returns>
    /// <exception cref="ArgumentException">The width is even, or the shapes do not match.</exception>
    public static Tensor Neighbors(this Computation run, Tensor x, PackedBatch batch, int width)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(batch);
        if (width < 1 || width % 2 == 0 || x.Rows != batch.TokenCount)
        {
            throw new ArgumentException(
                $"Windows of {width} rows over a batch of {batch.TokenCount} tokens cannot be applied to {x}; the width must be odd.",
                nameof(width));
        }

        var y = run.Lease(x.Rows, x.Columns * width);
        y.Writable.Clear();
        Visit(
            batch, width,
            (token, neighbor, place) => Spread(x.Row(neighbor), y.Writable.Slice(token * y.Columns, y.Columns), place, width));
        run.Trace?.Neighbors(y, x, width);
        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient => Backward(run, x, batch, width, gradient));
        }

        return y;
    }

    private static void Backward(Computation run, Tensor x, PackedBatch batch, int width, Tensor gradient)
    {
        var dx = run.Lease(x.Shape);
        dx.Writable.Clear();
        Visit(batch, width, (token, neighbor, place) =>
        {
            var row = dx.Writable.Slice(neighbor * x.Columns, x.Columns);
            var dy = gradient.Row(token);
            for (var column = 0; column < row.Length; column++)
            {
                row[column] += dy[(column * width) + place];
            }
        });
        x.AddGradient(dx);
    }

    private static void Spread(ReadOnlySpan<float> row, Span<float> window, int place, int width)
    {
        for (var column = 0; column < row.Length; column++)
        {
            window[(column * width) + place] = row[column];
        }
    }

    // Calls body with each token, each of its neighbors, and the index of the neighbor in the window.
    private static void Visit(PackedBatch batch, int width, Action<int, int, int> body)
    {
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            int start = batch.Offsets[sequence], end = batch.Offsets[sequence + 1];
            for (var token = start; token < end; token++)
            {
                for (var place = 0; place < width; place++)
                {
                    var neighbor = token + place - (width / 2);
                    if (neighbor >= start && neighbor < end)
                    {
                        body(token, neighbor, place);
                    }
                }
            }
        }
    }
}
