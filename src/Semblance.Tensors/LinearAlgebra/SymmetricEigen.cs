namespace Semblance.Tensors.LinearAlgebra;

/// <summary>
/// Computes the eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations,
/// section 8.5): to the last digits of double precision, with about n³ steps per sweep, for up to a few thousand rows.
/// </summary>
public sealed class SymmetricEigen
{
    private const int MostSweeps = 60;

    private SymmetricEigen(double[] values, double[][] vectors) => (Values, Vectors) = (values, vectors);

    /// <summary>Gets the eigenvalues, largest first.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>Gets the eigenvector of each eigenvalue, of length one.</summary>
    public IReadOnlyList<double[]> Vectors { get; }

    /// <summary>Computes the decomposition of a matrix.</summary>
    /// <param name="matrix">The rows of a symmetric matrix; the lower triangle is ignored.</param>
    /// <exception cref="ArgumentException">The matrix is not square, or has a value that is not finite.</exception>
    public static SymmetricEigen Of(IReadOnlyList<double[]> matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var n = matrix.Count;
        if (matrix.FirstOrDefault(row => row.Length != n) is { } odd)
        {
            throw new ArgumentException($"A matrix of {n} rows must have {n} columns, not {odd.Length}.", nameof(matrix));
        }

        if (matrix.Any(row => row.Any(value => !double.IsFinite(value))))
        {
            throw new ArgumentException("The matrix has a value that is not finite.", nameof(matrix));
        }

        var a = Enumerable.Range(0, n)
            .Select(i => Enumerable.Range(0, n).Select(j => matrix[Math.Min(i, j)][Math.Max(i, j)]).ToArray())
            .ToArray();
        var v = Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Select(j => i == j ? 1.0 : 0).ToArray()).ToArray();
        for (var sweep = 0; sweep < MostSweeps && Sweep(a, v); sweep++)
        {
        }

        var order = Enumerable.Range(0, n).OrderByDescending(i => a[i][i]).ToArray();
        return new SymmetricEigen([.. order.Select(i => a[i][i])], [.. order.Select(i => v[i])]);
    }

    // One rotation for each pair of rows; false if no rotation was left to do. The rows of v are the eigenvectors.
    private static bool Sweep(double[][] a, double[][] v)
    {
        var rotated = false;
        for (var p = 0; p < a.Length - 1; p++)
        {
            for (var q = p + 1; q < a.Length; q++)
            {
                var off = a[p][q];
                if (Math.Abs(off) <= 1e-17 * (Math.Abs(a[p][p]) + Math.Abs(a[q][q])) || off == 0)
                {
                    continue;
                }

                rotated = true;
                var theta = (a[q][q] - a[p][p]) / (2 * off);
                var tangent = (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
                var cosine = 1 / Math.Sqrt((tangent * tangent) + 1);
                var sine = tangent * cosine;
                Rotate(a[p], a[q], cosine, sine);
                foreach (var row in a)
                {
                    (row[p], row[q]) = ((cosine * row[p]) - (sine * row[q]), (sine * row[p]) + (cosine * row[q]));
                }

                (a[p][q], a[q][p]) = (0, 0);
                Rotate(v[p], v[q], cosine, sine);
            }
        }

        return rotated;
    }

    private static void Rotate(double[] x, double[] y, double cosine, double sine)
    {
        for (var i = 0; i < x.Length; i++)
        {
            (x[i], y[i]) = ((cosine * x[i]) - (sine * y[i]), (sine * x[i]) + (cosine * y[i]));
        }
    }
}
