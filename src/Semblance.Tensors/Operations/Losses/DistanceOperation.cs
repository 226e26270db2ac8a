using Semblance.Tensors.Kernels;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors;

/// <summary>Provides the distances between the rows of two matrices. Equal rows have a gradient of zeros.</summary>
public static class DistanceOperation
{
    /// <summary>
    /// Computes the distance of every row of <paramref name="x"/> to every row of <paramref name="y"/>, from the differences: near rows
    /// lose no precision, and the distance of equal rows is exactly 0.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[m × columns]</c>.</param>
    /// <param name="y"><c>[n × columns]</c>.</param>
    /// <param name="distance">The kind of distance.</param>
    /// <returns><c>[m × n]</c>.</returns>
    /// <exception cref="ArgumentException"><paramref name="x"/> and <paramref name="y"/> differ in width.</exception>
    public static Tensor Distances(this Computation run, Tensor x, Tensor y, Distance distance)
    {
        Check(run, x, y);
        var result = run.Lease(x.Rows, y.Rows);
        run.Execute(new DistanceKernel(x, y, distance, result), x.Rows, (long)x.Length * y.Rows);
        Record(run, x, y, distance, result, pairs: false);
        return result;
    }

    /// <summary>
    /// Computes the distance of every row of <paramref name="x"/> to the row of <paramref name="y"/> with the same index.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × columns]</c>.</param>
    /// <param name="y"><c>[rows × columns]</c>.</param>
    /// <param name="distance">The kind of distance.</param>
    /// <returns><c>[rows × 1]</c>.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor RowDistances(this Computation run, Tensor x, Tensor y, Distance distance)
    {
        Check(run, x, y);
        if (x.Rows != y.Rows)
        {
            throw new ArgumentException($"{x} and {y} differ in their number of rows.", nameof(y));
        }

        var result = run.Lease(x.Rows, 1);
        var difference = new float[x.Columns];
        for (var row = 0; row < x.Rows; row++)
        {
            TensorPrimitives.Subtract(x.Row(row), y.Row(row), difference);
            result.Writable[row] = distance == Distance.Euclidean
                ? TensorPrimitives.Norm<float>(difference)
                : TensorPrimitives.SumOfMagnitudes<float>(difference);
        }

        Record(run, x, y, distance, result, pairs: true);
        return result;
    }

    private static void Check(Computation run, Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Columns != y.Columns)
        {
            throw new ArgumentException($"The rows of {x} and {y} differ in width.", nameof(y));
        }
    }

    // pairs: each row of x has one distance, to the row of y with the same index, instead of one to every row.
    private static void Record(Computation run, Tensor x, Tensor y, Distance distance, Tensor result, bool pairs)
    {
        if (run.Recording && (x.RequiresGradient || y.RequiresGradient))
        {
            run.Record(result, gradient => Backward(run, x, y, distance, result, gradient, pairs), x, y, result);
        }
    }

    // The derivative by a difference is (x − y) / |x − y|, or its signs.
    private static void Backward(Computation run, Tensor x, Tensor y, Distance distance, Tensor result, Tensor gradient, bool pairs)
    {
        Tensor dx = run.Lease(x.Shape), dy = run.Lease(y.Shape);
        dx.Writable.Clear();
        dy.Writable.Clear();
        var difference = new float[x.Columns];
        for (var i = 0; i < gradient.Length; i++)
        {
            var (row, other) = pairs ? (i, i) : (i / y.Rows, i % y.Rows);
            if (gradient.Values[i] == 0 || result.Values[i] == 0)
            {
                continue;
            }

            TensorPrimitives.Subtract(x.Row(row), y.Row(other), difference);
            var factor = gradient.Values[i];
            if (distance == Distance.Euclidean)
            {
                factor /= result.Values[i];
            }
            else
            {
                TakeSigns(difference);
            }

            Span<float> toX = dx.Writable.Slice(row * x.Columns, x.Columns), toY = dy.Writable.Slice(other * x.Columns, x.Columns);
            TensorPrimitives.MultiplyAdd(difference, factor, toX, toX);
            TensorPrimitives.MultiplyAdd(difference, -factor, toY, toY);
        }

        Arrive(x, dx);
        Arrive(y, dy);
    }

    private static void TakeSigns(Span<float> values)
    {
        foreach (ref var value in values)
        {
            value = value > 0 ? 1 : value < 0 ? -1 : 0;
        }
    }

    private static void Arrive(Tensor tensor, Tensor gradient)
    {
        if (tensor.RequiresGradient)
        {
            tensor.AddGradient(gradient);
        }
        else
        {
            gradient.Release();
        }
    }
}
