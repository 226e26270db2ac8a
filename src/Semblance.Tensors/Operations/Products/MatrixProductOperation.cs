using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>Provides products of matrices.</summary>
public static class MatrixProductOperation
{
    // The gradient of the second operand is summed over this many rows at a time: their panels fit the second-level cache.
    private const int RowsOfPart = 1024;

    /// <summary>Multiplies a matrix with the transpose of another: a bᵀ.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="a"><c>[m × columns]</c>.</param>
    /// <param name="b"><c>[n × columns]</c>.</param>
    /// <returns><c>[m × n]</c>.</returns>
    /// <exception cref="ArgumentException"><paramref name="a"/> and <paramref name="b"/> differ in width.</exception>
    public static Tensor MatrixProduct(this Computation run, Tensor a, Tensor b) => run.MatrixProduct(a, new PreparedMatrix(b));

    /// <summary>
    /// Multiplies a matrix with the transpose of one that is used many times, and adds a bias to each row of the product: a bᵀ + bias.
    /// </summary>
    /// <param name="run">The computation.</param>
    /// <param name="a"><c>[m × columns]</c>.</param>
    /// <param name="b"><c>[n × columns]</c>.</param>
    /// <param name="bias"><c>[n]</c>; <see langword="null"/>, the default, for none.</param>
    /// <returns><c>[m × n]</c>.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    public static Tensor MatrixProduct(this Computation run, Tensor a, PreparedMatrix b, Tensor? bias = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Columns != b.Columns || (bias is not null && bias.Length != b.Rows))
        {
            throw new ArgumentException(
                $"{a} cannot be multiplied with {b.Rows} rows of {b.Columns} columns and a bias {bias}.", nameof(a));
        }

        var y = Product(run, a, b.Packed(run.Instructions), bias, Activation.Identity);
        if (run.Recording && (a.RequiresGradient || b.Value.RequiresGradient || bias is { RequiresGradient: true }))
        {
            run.Record(y, gradient => Backward(run, a, b, bias, gradient), b.Value.RequiresGradient ? a : null, b.Value);
        }

        return y;
    }

    internal static void Backward(Computation run, Tensor a, PreparedMatrix b, Tensor? bias, Tensor gradient) // gradient: [m × n]
    {
        var panelWidth = PackedMatrix.PanelWidthOf(run.Instructions);
        if (a.RequiresGradient)
        {
            using var panels = PackedMatrix.Reverse(run, b, panelWidth);
            var (da, adds) = a.GradientToWrite(run);
            Execute(run, new MatrixProduct(gradient, panels, null, Activation.Identity, da, adds), gradient.Rows, panels); // dy · b
        }

        if (b.Value.RequiresGradient)
        {
            var (db, adds) = b.Value.GradientToWrite(run);
            var (left, right) = b.IsTransposed ? (a, gradient) : (gradient, a);
            for (var first = 0; first < a.Rows; first += RowsOfPart, adds = true)
            {
                var end = Math.Min(a.Rows, first + RowsOfPart);
                using var rows = PackedMatrix.Pack(run, left, first, end, PackedMatrix.TileRowsOf(run.Instructions));
                using var columns = PackedMatrix.Pack(run, right, first, end, panelWidth);
                Execute(run, new MatrixProduct(rows, columns, db, adds), left.Columns, columns); // dyᵀ · a, or aᵀ · dy
            }
        }

        if (bias is { RequiresGradient: true })
        {
            bias.AddGradient(run.SumColumns(gradient, null, bias));
        }
    }

    internal static Tensor Product(Computation run, Tensor a, PackedMatrix panels, Tensor? bias, Activation activation)
    {
        if (panels.Type == ComputeType.Float32)
        {
            var y = run.Lease(a.Rows, panels.Columns);
            Execute(run, new MatrixProduct(a, panels, bias, activation, y), a.Rows, panels);
            return y;
        }

        var input = run.Reduce(a, panels);
        var reduced = run.Lease(a.Rows, panels.Columns);
        Execute(run, new MatrixProduct(input, panels, bias, activation, reduced), a.Rows, panels);
        return reduced;
    }

    // y += a bᵀ + bias
    internal static void Add(Computation run, Tensor a, PackedMatrix panels, Tensor? bias, Tensor y) =>
        Execute(run, new MatrixProduct(a, panels, bias, Activation.Identity, y, adds: true), a.Rows, panels);

    private static void Execute(Computation run, MatrixProduct kernel, int rows, PackedMatrix panels) =>
        run.Execute(kernel, kernel.Items, (long)rows * panels.Depth * panels.Columns);
}
