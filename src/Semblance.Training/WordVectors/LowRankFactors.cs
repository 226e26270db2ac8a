using Semblance.Tensors;
using Semblance.Tensors.LinearAlgebra;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training.WordVectors;

/// <summary>
/// Computes the largest eigenvectors of a sparse symmetric matrix by randomized subspace iteration (Halko, Martinsson and Tropp 2011,
/// arXiv:0909.4061).
/// </summary>
internal static class LowRankFactors
{
    // Additional dimensions of the subspace, which make the last eigenvectors accurate.
    private const int Oversampling = 16;

    /// <summary>Computes eigenvectors, each multiplied by the square root of its eigenvalue's magnitude.</summary>
    /// <param name="matrix">The matrix, with n rows.</param>
    /// <param name="rank">The number of eigenvectors.</param>
    /// <param name="iterations">The number of subspace iterations.</param>
    /// <param name="seed">The random seed.</param>
    /// <param name="progress">Receives the completed fraction, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The eigenvectors, <c>[n × rank]</c>, largest first.</returns>
    public static Tensor Of(
        AssociationMatrix matrix, int rank, int iterations, int seed, Action<double> progress, CancellationToken cancellationToken)
    {
        var (n, width) = (matrix.Rows, Math.Min(matrix.Rows, rank + Oversampling));
        var (basis, product) = (Gaussian(n * width, seed), new float[n * width]);
        for (var iteration = 0; iteration <= iterations; iteration++)
        {
            matrix.Multiply(basis, product, width, cancellationToken);
            basis = Transpose(Orthonormal(Transpose(product, n, width), n, width), width, n);
            progress((iteration + 1.0) / (iterations + 2));
        }

        // The matrix projected onto the subspace is small; its eigenvectors give those of the large matrix.
        matrix.Multiply(basis, product, width, cancellationToken);
        var (left, right) = (Transpose(basis, n, width), Transpose(product, n, width));
        var inside = Enumerable.Range(0, width).Select(_ => new double[width]).ToArray();
        Workers.Shared.For(
            width,
            int.MaxValue,
            i =>
            {
                for (var j = i; j < width; j++)
                {
                    inside[i][j] = 0.5 * (Dot(left, right, i, j, n) + Dot(left, right, j, i, n));
                }
            },
            cancellationToken);
        var eigen = SymmetricEigen.Of(inside);
        int[] largest = [.. Enumerable.Range(0, width).OrderByDescending(i => Math.Abs(eigen.Values[i])).Take(rank)];
        var factors = Tensor.Zeros(n, rank);
        for (var column = 0; column < rank; column++)
        {
            var (vector, scale) = (eigen.Vectors[largest[column]], Math.Sqrt(Math.Abs(eigen.Values[largest[column]])));
            for (var row = 0; row < n; row++)
            {
                var sum = 0.0;
                for (var i = 0; i < width; i++)
                {
                    sum += basis[(row * width) + i] * vector[i];
                }

                factors.Writable[(row * rank) + column] = (float)(sum * scale);
            }
        }

        progress(1);
        return factors;
    }

    private static float Dot(float[] left, float[] right, int i, int j, int n) =>
        TensorPrimitives.Dot<float>(left.AsSpan(i * n, n), right.AsSpan(j * n, n));

    private static float[] Gaussian(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }

    // Gram–Schmidt orthogonalization, twice for each row; a row that depends on the others becomes zero.
    private static float[] Orthonormal(float[] rows, int length, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var row = rows.AsSpan(i * length, length);
            var before = TensorPrimitives.Norm<float>(row);
            for (var pass = 0; pass < 2; pass++)
            {
                for (var j = 0; j < i; j++)
                {
                    var other = rows.AsSpan(j * length, length);
                    TensorPrimitives.MultiplyAdd(other, -TensorPrimitives.Dot<float>(row, other), row, row);
                }
            }

            var norm = TensorPrimitives.Norm<float>(row);
            if (norm > 1e-5f * before)
            {
                TensorPrimitives.Divide(row, norm, row);
            }
            else
            {
                row.Clear();
            }
        }

        return rows;
    }

    private static float[] Transpose(float[] matrix, int rows, int columns)
    {
        var result = new float[matrix.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                result[(column * rows) + row] = matrix[(row * columns) + column];
            }
        }

        return result;
    }
}
