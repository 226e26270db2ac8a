using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training;

/// <summary>Provides the operations that losses are composed of.</summary>
public static class LossOperations
{
    /// <summary>Returns the matrix product a · bᵀ: <c>[rows of a × rows of b]</c>.</summary>
    public static Tensor Product(this Computation run, Tensor a, Tensor b) => run.MatrixProduct(a, b);

    /// <summary>Returns the similarity of each row of a with each row of b: <c>[rows of a × rows of b]</c>.</summary>
    public static Tensor Similarities(this Computation run, Tensor a, Tensor b, SimilarityFunction similarity) => similarity switch
    {
        SimilarityFunction.Cosine => run.Product(run.Normalize(a), run.Normalize(b)),
        SimilarityFunction.DotProduct => run.Product(a, b),
        SimilarityFunction.Euclidean => run.Scale(run.Distances(a, b, Distance.Euclidean), -1),
        SimilarityFunction.Manhattan => run.Scale(run.Distances(a, b, Distance.Manhattan), -1),
        _ => throw new ArgumentOutOfRangeException(nameof(similarity)),
    };

    /// <summary>Returns the similarity of each row of a with the same row of b: <c>[rows × 1]</c>.</summary>
    public static Tensor RowSimilarities(this Computation run, Tensor a, Tensor b, SimilarityFunction similarity) => similarity switch
    {
        SimilarityFunction.Cosine => run.RowSums(run.Multiply(run.Normalize(a), run.Normalize(b))),
        SimilarityFunction.DotProduct => run.RowSums(run.Multiply(a, b)),
        SimilarityFunction.Euclidean => run.Scale(run.RowDistances(a, b, Distance.Euclidean), -1),
        SimilarityFunction.Manhattan => run.Scale(run.RowDistances(a, b, Distance.Manhattan), -1),
        _ => throw new ArgumentOutOfRangeException(nameof(similarity)),
    };

    /// <summary>Returns the distance between each two rows: <c>[rows × rows]</c>.</summary>
    public static Tensor Distances(this Computation run, Tensor x, DistanceMetric metric) => metric switch
    {
        DistanceMetric.Cosine => run.Scale(run.Similarities(x, x, SimilarityFunction.Cosine), -1, 1),
        DistanceMetric.Euclidean => run.Distances(x, x, Distance.Euclidean),
        DistanceMetric.Manhattan => run.Distances(x, x, Distance.Manhattan),
        _ => throw new ArgumentOutOfRangeException(nameof(metric)),
    };

    /// <summary>Returns the distance between each row of a and the same row of b: <c>[rows × 1]</c>.</summary>
    public static Tensor RowDistances(this Computation run, Tensor a, Tensor b, DistanceMetric metric) => metric switch
    {
        DistanceMetric.Cosine => run.Scale(run.RowSimilarities(a, b, SimilarityFunction.Cosine), -1, 1),
        DistanceMetric.Euclidean => run.RowDistances(a, b, Distance.Euclidean),
        DistanceMetric.Manhattan => run.RowDistances(a, b, Distance.Manhattan),
        _ => throw new ArgumentOutOfRangeException(nameof(metric)),
    };

    /// <summary>Returns max(x, 0), element-wise.</summary>
    public static Tensor Relu(this Computation run, Tensor x) => run.Activate(x, Activation.Relu);

    /// <summary>Returns x², element-wise.</summary>
    public static Tensor Square(this Computation run, Tensor x) => run.Multiply(x, x);

    /// <summary>Returns x / y, element-wise, of tensors of the same shape.</summary>
    public static Tensor Divide(this Computation run, Tensor x, Tensor y)
    {
        if (!x.Shape.SequenceEqual(y.Shape))
        {
            throw new ArgumentException($"{x} and {y} have different shapes.", nameof(y));
        }

        var result = run.Lease(x.Shape);
        TensorPrimitives.Divide(x.Values, y.Values, result.Writable);
        if (run.Recording && (x.RequiresGradient || y.RequiresGradient))
        {
            run.Record(
                result,
                gradient =>
                {
                    var dx = run.Lease(x.Shape);
                    TensorPrimitives.Divide(gradient.Values, y.Values, dx.Writable);
                    if (y.RequiresGradient)
                    {
                        var dy = run.Lease(x.Shape);
                        TensorPrimitives.Multiply(dx.Values, result.Values, dy.Writable);
                        TensorPrimitives.Negate(dy.Values, dy.Writable);
                        y.AddGradient(dy);
                    }

                    if (x.RequiresGradient)
                    {
                        x.AddGradient(dx);
                    }
                },
                y, result);
        }

        return result;
    }

    /// <summary>Returns the mean of all elements: <c>[1]</c>.</summary>
    public static Tensor Mean(this Computation run, Tensor x) => run.Scale(run.Sum(x), 1f / x.Length);

    /// <summary>Returns the mean squared error of two tensors: <c>[1]</c>.</summary>
    public static Tensor MeanSquaredError(this Computation run, Tensor x, Tensor y) => run.Mean(run.Square(run.Subtract(x, y)));

    /// <summary>
    /// Returns the cross-entropy: the mean over rows of −ln of the softmax probability of the row's class in <paramref name="classes"/>:
    /// <c>[1]</c>.
    /// </summary>
    public static Tensor CrossEntropy(this Computation run, Tensor logits, IEnumerable<int> classes)
    {
        int[] elements = [.. classes.Select((target, row) => (row * logits.Columns) + target)];
        return run.Scale(run.Mean(run.Gather(run.LogSoftmax(logits), elements, logits.Rows, 1)), -1);
    }

    /// <summary>Returns ln(1 + eˣ) of each row of a column: <c>[rows × 1]</c>.</summary>
    public static Tensor Softplus(this Computation run, Tensor x)
    {
        var logits = run.ConcatenateColumns(Tensor.Zeros(x.Rows, 1), x);
        return run.Scale(run.Gather(run.LogSoftmax(logits), [.. Enumerable.Range(0, x.Rows).Select(row => 2 * row)], x.Rows, 1), -1);
    }

    /// <summary>Returns the diagonal: the elements (i, i).</summary>
    public static Tensor Diagonal(this Computation run, Tensor x) =>
        run.Gather(x, [.. Enumerable.Range(0, x.Rows).Select(row => row * (x.Columns + 1))], x.Rows, 1);

    /// <summary>Returns the transpose xᵀ.</summary>
    public static Tensor Transpose(this Computation run, Tensor x) =>
        run.Gather(x, [.. Enumerable.Range(0, x.Length).Select(i => (i % x.Rows * x.Columns) + (i / x.Rows))], x.Columns, x.Rows);

    /// <summary>
    /// Returns x with −∞ where <paramref name="leftOut"/> returns <see langword="true"/>: such elements have no probability and no
    /// gradient.
    /// </summary>
    public static Tensor LeaveOut(this Computation run, Tensor x, Func<int, int, bool> leftOut)
    {
        var mask = Tensor.Zeros(x.Shape);
        var values = mask.Writable;
        var any = false;
        for (var i = 0; i < values.Length; i++)
        {
            if (leftOut(i / x.Columns, i % x.Columns))
            {
                values[i] = float.NegativeInfinity;
                any = true;
            }
        }

        return any ? run.Add(x, mask) : x;
    }

    /// <summary>Returns a new linear layer, initialized uniformly in ±1/√inputs, as in PyTorch.</summary>
    internal static Linear NewLinear(int inputs, int outputs, int seed)
    {
        var random = new Random(seed);
        var bound = 1 / Math.Sqrt(inputs);
        Tensor weight = Tensor.Zeros(outputs, inputs), bias = Tensor.Zeros(outputs);
        foreach (var tensor in (Tensor[])[weight, bias])
        {
            foreach (ref var value in tensor.Writable)
            {
                value = (float)(((random.NextDouble() * 2) - 1) * bound);
            }
        }

        return new Linear(weight, bias);
    }

    /// <summary>Returns a loss of zero that depends on x, so that all gradients are zero: <c>[1]</c>.</summary>
    public static Tensor Nothing(this Computation run, Tensor x) => run.Scale(run.Sum(x), 0);
}
