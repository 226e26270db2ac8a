using Semblance.Tensors;
using Semblance.Tensors.LinearAlgebra;

namespace Semblance;

/// <summary>
/// Represents a principal component analysis (PCA): the orthogonal directions of largest variance. It reduces the dimension of embeddings
/// with the least squared error.
/// </summary>
public sealed class PrincipalComponents
{
    private const int BlockRows = 1024;

    private readonly float[] _mean;
    private readonly PreparedMatrix _projection;
    private readonly PreparedMatrix _restoration;

    private PrincipalComponents(double[] mean, Tensor components, double[] variances, double total)
    {
        _mean = Array.ConvertAll(mean, value => (float)value);
        Components = components;
        ExplainedVariance = variances;
        ExplainedVarianceRatio = Array.ConvertAll(variances, variance => total > 0 ? variance / total : 0);
        _projection = new PreparedMatrix(components);
        _restoration = new PreparedMatrix(components, transposed: true);
    }

    /// <summary>
    /// Gets the components <c>[components × dimensions]</c>, normalized, in descending order of variance. The largest element of each is
    /// positive.
    /// </summary>
    public Tensor Components { get; }

    /// <summary>Gets the mean of the vectors.</summary>
    public IReadOnlyList<float> Mean => _mean;

    /// <summary>Gets the sample variance along each component, with n − 1.</summary>
    public IReadOnlyList<double> ExplainedVariance { get; }

    /// <summary>Gets the variance along each component as a fraction of the total variance.</summary>
    public IReadOnlyList<double> ExplainedVarianceRatio { get; }

    /// <summary>Computes the components.</summary>
    /// <param name="embeddings">The vectors <c>[vectors × dimensions]</c>.</param>
    /// <param name="components">The number of components, from 1 to the lower of vectors and dimensions.</param>
    /// <param name="maxThreads">The maximum number of threads, including the calling one.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">A vector is not finite, or there are fewer vectors or dimensions than components.</exception>
    public static PrincipalComponents Fit(
        Tensor embeddings, int components, int maxThreads = int.MaxValue, CancellationToken cancellationToken = default)
    {
        var vectors = FiniteRows.Checked(embeddings, nameof(embeddings));
        var (rows, columns) = (vectors.Rows, vectors.Columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(components, 1);
        if (components > Math.Min(rows, columns))
        {
            throw new ArgumentOutOfRangeException(
                nameof(components),
                components,
                $"{rows} vectors of {columns} dimensions have at most {Math.Min(rows, columns)} components.");
        }

        using var run = new Computation(maxThreads, cancellationToken: cancellationToken);
        var mean = MeanOf(vectors);
        return rows >= columns ? ByCovariance(run, vectors, mean, components) : ByProducts(run, vectors, mean, components);
    }

    /// <summary>Projects vectors onto the components.</summary>
    /// <param name="embeddings">The vectors <c>[vectors × dimensions]</c>.</param>
    /// <returns>The coordinates <c>[vectors × components]</c>.</returns>
    /// <exception cref="ArgumentException">The vectors have another dimension, or are not finite.</exception>
    public Tensor Transform(Tensor embeddings)
    {
        FiniteRows.Checked(embeddings, nameof(embeddings));
        TensorRows.CheckWidth(Components, embeddings, nameof(embeddings));
        var result = Tensor.Zeros(embeddings.Rows, Components.Rows);
        for (var first = 0; first < embeddings.Rows; first += BlockRows)
        {
            using var run = new Computation();
            var centered = Centered(
                embeddings, first, Math.Min(BlockRows, embeddings.Rows - first), Array.ConvertAll(_mean, value => (double)value));
            run.MatrixProduct(centered, _projection).Values.CopyTo(result.Writable[(first * Components.Rows)..]);
        }

        return result;
    }

    /// <summary>Returns the vectors with the given coordinates.</summary>
    /// <param name="coordinates">The coordinates <c>[vectors × components]</c>.</param>
    /// <returns>The vectors <c>[vectors × dimensions]</c>.</returns>
    /// <exception cref="ArgumentException">The numbers of coordinates and components differ, or a coordinate is not finite.</exception>
    public Tensor InverseTransform(Tensor coordinates)
    {
        FiniteRows.Checked(coordinates, nameof(coordinates));
        if (coordinates.Columns != Components.Rows)
        {
            throw new ArgumentException($"The coordinates are {coordinates}; there are {Components.Rows} components.", nameof(coordinates));
        }

        using var run = new Computation();
        return Tensor.From(
            run.MatrixProduct(coordinates.AsMatrix(), _restoration, Tensor.From(_mean, _mean.Length)).Values,
            coordinates.Rows,
            _mean.Length);
    }

    private static PrincipalComponents ByCovariance(Computation run, Tensor vectors, double[] mean, int components)
    {
        // The products of a block are float32; their sum over blocks is double.
        var columns = vectors.Columns;
        var covariance = Square(columns);
        for (var first = 0; first < vectors.Rows; first += BlockRows)
        {
            var block = Centered(vectors, first, Math.Min(BlockRows, vectors.Rows - first), mean);
            var transposed = Tensor.Zeros(columns, block.Rows);
            var target = transposed.Writable;
            for (var row = 0; row < block.Rows; row++)
            {
                for (var column = 0; column < columns; column++)
                {
                    target[(column * block.Rows) + row] = block.Values[(row * columns) + column];
                }
            }

            using var products = run.MatrixProduct(transposed, transposed);
            Add(products, 1.0 / Math.Max(1, vectors.Rows - 1), covariance);
        }

        var eigen = SymmetricEigen.Of(covariance);
        return Of(
            mean, [.. eigen.Vectors.Take(components)], [.. eigen.Values.Take(components)], eigen.Values.Sum(value => Math.Max(0, value)));
    }

    // With fewer vectors than dimensions, the products of vectors have the same eigenvalues and give the same directions.
    private static PrincipalComponents ByProducts(Computation run, Tensor vectors, double[] mean, int components)
    {
        var centered = Centered(vectors, 0, vectors.Rows, mean);
        var matrix = Square(vectors.Rows);
        Add(run.MatrixProduct(centered, centered), 1.0 / Math.Max(1, vectors.Rows - 1), matrix);
        var eigen = SymmetricEigen.Of(matrix);
        var directions = new double[components][];
        for (var c = 0; c < components; c++)
        {
            var direction = directions[c] = new double[vectors.Columns];
            for (var row = 0; row < vectors.Rows; row++)
            {
                for (var i = 0; i < direction.Length; i++)
                {
                    direction[i] += eigen.Vectors[c][row] * centered.Row(row)[i];
                }
            }

            Orthonormalize(direction, directions.AsSpan(0, c));
        }

        return Of(mean, directions, [.. eigen.Values.Take(components)], eigen.Values.Sum(value => Math.Max(0, value)));
    }

    // If no variance is left, any orthogonal direction is valid.
    private static void Orthonormalize(double[] direction, ReadOnlySpan<double[]> others)
    {
        var scale = Length(direction);
        for (var axis = -1; axis < direction.Length; axis++)
        {
            if (axis >= 0)
            {
                Array.Clear(direction);
                direction[axis] = scale = 1;
            }

            for (var pass = 0; pass < 2; pass++)
            {
                foreach (var other in others)
                {
                    var along = 0.0;
                    for (var i = 0; i < direction.Length; i++)
                    {
                        along += direction[i] * other[i];
                    }

                    for (var i = 0; i < direction.Length; i++)
                    {
                        direction[i] -= along * other[i];
                    }
                }
            }

            var length = Length(direction);
            if (length > 1e-6 * scale && length > 1e-30)
            {
                for (var i = 0; i < direction.Length; i++)
                {
                    direction[i] /= length;
                }

                return;
            }
        }
    }

    private static double Length(double[] direction) => Math.Sqrt(direction.Sum(value => value * value));

    private static PrincipalComponents Of(double[] mean, double[][] directions, double[] variances, double total)
    {
        var components = Tensor.Zeros(directions.Length, mean.Length);
        var target = components.Writable;
        for (var c = 0; c < directions.Length; c++)
        {
            var sign = Math.Sign(directions[c].MaxBy(Math.Abs));
            for (var i = 0; i < mean.Length; i++)
            {
                target[(c * mean.Length) + i] = (float)(sign * directions[c][i]);
            }
        }

        return new PrincipalComponents(mean, components, Array.ConvertAll(variances, variance => Math.Max(0, variance)), total);
    }

    private static double[] MeanOf(Tensor vectors)
    {
        var mean = new double[vectors.Columns];
        for (var row = 0; row < vectors.Rows; row++)
        {
            var vector = vectors.Row(row);
            for (var i = 0; i < mean.Length; i++)
            {
                mean[i] += vector[i];
            }
        }

        return Array.ConvertAll(mean, sum => sum / vectors.Rows);
    }

    private static Tensor Centered(Tensor vectors, int first, int count, double[] mean)
    {
        var centered = Tensor.Zeros(count, vectors.Columns);
        var target = centered.Writable;
        for (var row = 0; row < count; row++)
        {
            var vector = vectors.Row(first + row);
            for (var i = 0; i < mean.Length; i++)
            {
                target[(row * mean.Length) + i] = (float)(vector[i] - mean[i]);
            }
        }

        return centered;
    }

    private static double[][] Square(int size) => [.. Enumerable.Range(0, size).Select(_ => new double[size])];

    private static void Add(Tensor products, double factor, double[][] matrix)
    {
        for (var row = 0; row < matrix.Length; row++)
        {
            var from = products.Row(row);
            for (var column = 0; column < from.Length; column++)
            {
                matrix[row][column] += factor * from[column];
            }
        }
    }
}
