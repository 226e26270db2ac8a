using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>Provides the cross-entropy of a linear classifier with very many classes, such as the tokens of a vocabulary.</summary>
public static class CrossEntropyOperation
{
    // The scores of one block of rows, 128 MB; those of a whole batch and vocabulary can be many times larger.
    private const int BlockFloats = 1 << 25;

    /// <summary>Computes −ln of the probability that softmax(x Wᵀ + b) gives to each row's class.</summary>
    /// <remarks>
    /// Only the scores of one block of rows are stored at a time; in the backward pass the gradient replaces them. A batch of one block
    /// computes its scores once, a larger batch computes those of all blocks but the last twice.
    /// </remarks>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × inputs]</c>.</param>
    /// <param name="layer">The layer from the inputs to the classes.</param>
    /// <param name="classes">The class of each row, from 0.</param>
    /// <returns><c>[rows × 1]</c>.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="x"/> is not as wide as the layer's inputs, the number of classes is not the number of rows, or a class is not one of
    /// the layer's.
    /// </exception>
    public static Tensor CrossEntropy(this Computation run, Tensor x, Linear layer, IReadOnlyList<int> classes)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return CrossEntropy(run, x, layer, classes, Math.Max(1, BlockFloats / layer.Outputs));
    }

    /// <summary>Computes −ln of the probability that the softmax of each row gives to the row's class, with label smoothing.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="logits"><c>[rows × classes]</c>.</param>
    /// <param name="classes">The class of each row, from 0.</param>
    /// <param name="labelSmoothing">
    /// The share of the target that is divided among all classes, from 0, the default, to less than 1 (Szegedy et al. 2016,
    /// arXiv:1512.00567).
    /// </param>
    /// <returns><c>[rows × 1]</c>.</returns>
    /// <exception cref="ArgumentException">
    /// The number of classes is not the number of rows, or a class is not one of the columns.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="labelSmoothing"/> is out of range.</exception>
    public static Tensor CrossEntropyOfLogits(
        this Computation run, Tensor logits, IReadOnlyList<int> classes, float labelSmoothing = 0)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentOutOfRangeException.ThrowIfNegative(labelSmoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(labelSmoothing, 1);
        ThrowIfUnfit(classes, logits.Rows, logits.Columns);
        int[] labels = [.. classes];
        Tensor losses = run.Lease(logits.Rows, 1), logSums = run.Lease(logits.Rows, 1);
        run.Execute(
            new CrossEntropyKernel(logits, labels, 0, logSums, losses, labelSmoothing), logits.Rows, Blocks.Cost(logits));
        if (run.Recording && logits.RequiresGradient)
        {
            run.Record(
                losses,
                gradient =>
                {
                    var result = run.Lease(logits.Shape);
                    logits.Values.CopyTo(result.Writable);
                    run.Execute(
                        new CrossEntropyGradient(result, labels, 0, logSums, gradient, labelSmoothing), result.Rows, Blocks.Cost(result));
                    logits.AddGradient(result);
                },
                logits);
        }

        return losses;
    }

    internal static Tensor CrossEntropy(Computation run, Tensor x, Linear layer, IReadOnlyList<int> classes, int blockRows)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(classes);
        layer.ThrowIfWrapped(run, "Cross-entropy over a vocabulary");
        if (x.Columns != layer.Inputs)
        {
            throw new ArgumentException($"A classifier of {layer.Inputs} inputs cannot take {x}.", nameof(x));
        }

        ThrowIfUnfit(classes, x.Rows, layer.Outputs);
        var block = new Blocks(run, x, layer, [.. classes], run.Lease(x.Rows, 1), blockRows);
        return block.Forward();
    }

    private static void ThrowIfUnfit(IReadOnlyList<int> classes, int rows, int count)
    {
        if (classes.Count != rows || classes.Any(value => (uint)value >= (uint)count))
        {
            throw new ArgumentException(
                $"Each of {rows} rows needs one class from 0 to {count - 1}; there are {classes.Count}, "
                + $"from {classes.DefaultIfEmpty().Min()} to {classes.DefaultIfEmpty().Max()}.", nameof(classes));
        }
    }

    private sealed class Blocks(Computation run, Tensor x, Linear layer, int[] classes, Tensor losses, int blockRows)
    {
        private readonly Tensor _logSums = run.Lease(x.Rows, 1);
        private Tensor? _lastScores;

        public Tensor Forward()
        {
            for (var first = 0; first < x.Rows; first += blockRows)
            {
                _lastScores?.Release();
                _lastScores = Scores(Part(first));
                run.Execute(new CrossEntropyKernel(_lastScores, classes, first, _logSums, losses), _lastScores.Rows, Cost(_lastScores));
            }

            if (run.Recording && (x.RequiresGradient || layer.RequiresGradient))
            {
                run.Record(losses, Backward, x, layer.Weight);
            }
            else
            {
                _lastScores?.Release();
            }

            return losses;
        }

        private void Backward(Tensor gradient) // [rows × 1]
        {
            var dx = x.Rows > blockRows && x.RequiresGradient ? run.Lease(x.Shape) : null;
            for (var first = (x.Rows - 1) / blockRows * blockRows; first >= 0; first -= blockRows)
            {
                var part = Part(first);
                var scores = _lastScores ?? Scores(part);
                _lastScores = null;
                run.Execute(new CrossEntropyGradient(scores, classes, first, _logSums, gradient), scores.Rows, Cost(scores));
                MatrixProductOperation.Backward(run, part, layer.Matrix, layer.Bias, scores);
                scores.Release();
                if (dx is not null)
                {
                    part.Gradient!.Values.CopyTo(dx.Writable[(first * x.Columns)..]);
                    part.Gradient.Release();
                    part.Release();
                }
            }

            if (dx is not null)
            {
                x.AddGradient(dx);
            }
        }

        // x itself if one block holds all its rows.
        private Tensor Part(int first)
        {
            if (x.Rows <= blockRows)
            {
                return x;
            }

            var part = run.Lease(Math.Min(blockRows, x.Rows - first), x.Columns);
            part.RequiresGradient = x.RequiresGradient;
            x.Values.Slice(first * x.Columns, part.Length).CopyTo(part.Writable);
            return part;
        }

        private Tensor Scores(Tensor part) =>
            MatrixProductOperation.Product(run, part, layer.Matrix.Packed(run.Instructions), layer.Bias, Activation.Identity);

        public static long Cost(Tensor scores) => 16L * scores.Length;
    }
}
