using System.Numerics.Tensors;

namespace Semblance.Tensors;

/// <summary>Provides the pooling of token rows into sequence rows.</summary>
public static class PoolingOperation
{
    /// <summary>Pools each sequence in all given modes, the results side by side.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[tokens × hidden]</c>.</param>
    /// <param name="batch">The offsets of the sequences.</param>
    /// <param name="modes">The pooling modes, in the order of the result.</param>
    /// <param name="skip">
    /// The number of tokens to exclude at the beginning of each sequence (those of a prompt). 0 by default. <see cref="Pooling.Cls"/> still
    /// takes the very first token. A sequence without remaining tokens gives zeros, and for <see cref="Pooling.Max"/> −10⁹, as the original
    /// does.
    /// </param>
    /// <param name="weightSums">
    /// The divisors of the means of each sequence, for tokens that have been weighted; <see langword="null"/>, the default, for the
    /// divisors of the modes.
    /// </param>
    /// <returns><c>[sequences × (modes · hidden)]</c>.</returns>
    /// <exception cref="ArgumentException">The shapes do not match, or there is no mode.</exception>
    public static Tensor Pool(
        this Computation run, Tensor x, PackedBatch batch, ReadOnlySpan<Pooling> modes, int skip = 0,
        IReadOnlyList<float>? weightSums = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        if (modes.IsEmpty)
        {
            throw new ArgumentException("At least one pooling mode is needed.", nameof(modes));
        }

        if (x.Rows != batch.TokenCount)
        {
            throw new ArgumentException($"{x} cannot be pooled with a batch of {batch.TokenCount} tokens.", nameof(x));
        }

        if (weightSums is not null && weightSums.Count != batch.Count)
        {
            throw new ArgumentException($"{weightSums.Count} sums of weights do not fit {batch.Count} sequences.", nameof(weightSums));
        }

        var output = run.Lease(batch.Count, modes.Length * x.Columns);
        run.Trace?.Pool(output, x, modes, skip);
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            int start = batch.Offsets[sequence], end = batch.Offsets[sequence + 1];
            for (var i = 0; i < modes.Length; i++)
            {
                var row = output.Writable.Slice(((sequence * modes.Length) + i) * x.Columns, x.Columns);
                Pool(x, start, Math.Min(end, start + skip), end, modes[i], weightSums?[sequence], row);
            }
        }

        if (run.Recording && x.RequiresGradient)
        {
            var ways = modes.ToArray();
            var read = ways.Contains(Pooling.Max);
            run.Record(
                output, gradient => Backward(run, x, batch, ways, skip, weightSums, output, gradient),
                read ? x : null, read ? output : null);
        }

        return output;
    }

    private static void Backward(
        Computation run, Tensor x, PackedBatch batch, Pooling[] modes, int skip, IReadOnlyList<float>? weightSums, Tensor output,
        Tensor gradient)
    {
        var dx = run.Lease(x.Shape);
        dx.Writable.Clear();
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            int start = batch.Offsets[sequence], end = batch.Offsets[sequence + 1];
            for (var i = 0; i < modes.Length; i++)
            {
                var columns = ((sequence * modes.Length) + i) * x.Columns;
                Spread(
                    x, dx, start, Math.Min(end, start + skip), end, modes[i], weightSums?[sequence], output, columns,
                    gradient.Values.Slice(columns, x.Columns));
            }
        }

        x.AddGradient(dx);
    }

    // Returns the divisor of a mean: a token count, or the sum of the tokens' weights.
    private static float Divisor(Pooling mode, int start, int first, int end, float? weightSum)
    {
        const float Least = 1e-9f; // the original's
        var sum = weightSum ?? (mode == Pooling.WeightedMean ? PlaceSum(start, first, end) : end - first);
        sum = Math.Max(sum, weightSum is null ? 1 : Least);
        return mode == Pooling.MeanSqrtLength ? MathF.Sqrt(sum) : sum;
    }

    private static float PlaceSum(int start, int first, int end)
    {
        float sum = 0;
        for (var token = first; token < end; token++)
        {
            sum += token - start + 1;
        }

        return sum;
    }

    private static void Spread(
        Tensor x, Tensor dx, int start, int first, int end, Pooling mode, float? weightSum, Tensor output, int columns,
        ReadOnlySpan<float> gradient)
    {
        Span<float> Row(int token) => dx.Writable.Slice(token * x.Columns, x.Columns);
        switch (mode)
        {
            case Pooling.Cls when start < end:
                TensorPrimitives.Add(Row(start), gradient, Row(start));
                break;
            case Pooling.Cls:
                break;
            case Pooling.LastToken when first < end:
                TensorPrimitives.Add(Row(end - 1), gradient, Row(end - 1));
                break;
            case Pooling.LastToken:
                break;
            case Pooling.Max:
                var pooled = output.Values.Slice(columns, x.Columns);
                for (var column = 0; column < x.Columns; column++)
                {
                    // The first token with the largest element gets the whole gradient.
                    for (var token = first; token < end; token++)
                    {
                        if (x.Row(token)[column] == pooled[column])
                        {
                            Row(token)[column] += gradient[column];
                            break;
                        }
                    }
                }

                break;
            default:
                var divisor = Divisor(mode, start, first, end, weightSum);
                for (var token = first; token < end; token++)
                {
                    var share = (mode == Pooling.WeightedMean ? token - start + 1 : 1) / divisor;
                    TensorPrimitives.MultiplyAdd(gradient, share, Row(token), Row(token));
                }

                break;
        }
    }

    private static void Pool(Tensor x, int start, int first, int end, Pooling mode, float? weightSum, Span<float> row)
    {
        row.Clear();
        switch (mode)
        {
            case Pooling.Cls when start < end:
                x.Row(start).CopyTo(row);
                break;
            case Pooling.Cls:
                break;
            case Pooling.LastToken when first < end:
                x.Row(end - 1).CopyTo(row);
                break;
            case Pooling.LastToken:
                break;
            case Pooling.Max:
                row.Fill(-1e9f);
                for (var token = first; token < end; token++)
                {
                    TensorPrimitives.Max(row, x.Row(token), row);
                }

                break;
            case Pooling.Mean or Pooling.MeanSqrtLength:
                for (var token = first; token < end; token++)
                {
                    TensorPrimitives.Add(row, x.Row(token), row);
                }

                TensorPrimitives.Divide(row, Divisor(mode, start, first, end, weightSum), row);
                break;
            case Pooling.WeightedMean:
                for (var token = first; token < end; token++)
                {
                    TensorPrimitives.MultiplyAdd(x.Row(token), (float)(token - start + 1), row, row);
                }

                TensorPrimitives.Divide(row, Divisor(mode, start, first, end, weightSum), row);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(mode), mode, "The pooling mode is not defined.");
        }
    }
}
