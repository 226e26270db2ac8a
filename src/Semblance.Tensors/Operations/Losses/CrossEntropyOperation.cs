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

        if (classes.Count != x.Rows || classes.Any(value => (uint)value >= (uint)layer.Outputs))
        {
            throw new ArgumentException(
                $"Each of {x.Rows} rows needs one class from 0 to {layer.Outputs - 1}; there are {classes.Count}, "
                + $"from {classes.DefaultIfEmpty().Min()} to {classes.DefaultIfEmpty().Max()}.", nameof(classes));
        }

        var block = new Blocks(run, x, layer, [.. classes], run.Lease(x.Rows, 1), blockRows);
        return block.Forward();
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

        private static long Cost(Tensor scores) => 16L * scores.Length;
    }
}
