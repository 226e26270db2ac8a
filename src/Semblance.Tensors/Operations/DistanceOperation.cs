using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>The distances between the rows of two matrices.</summary>
public static class DistanceOperation
{
    /// <summary>
    /// The distance of every row of <paramref name="x"/> to every row of <paramref name="y"/>, from the differences
    /// themselves: near rows lose no digits, and equal rows are exactly 0 apart.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[m × columns]</c>.</param>
    /// <param name="y"><c>[n × columns]</c>.</param>
    /// <param name="distance">The kind of distance.</param>
    /// <returns><c>[m × n]</c>.</returns>
    /// <exception cref="ArgumentException">The two are not equally wide.</exception>
    public static Tensor Distances(this Computation run, Tensor x, Tensor y, Distance distance)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Columns != y.Columns)
        {
            throw new ArgumentException($"The rows of {x} and {y} are not equally long.", nameof(y));
        }

        var result = run.Lease(x.Rows, y.Rows);
        run.Execute(new DistanceKernel(x, y, distance, result), x.Rows, (long)x.Length * y.Rows);
        GC.KeepAlive(x);
        GC.KeepAlive(y);
        return result;
    }
}
