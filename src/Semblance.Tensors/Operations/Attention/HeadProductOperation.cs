using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>Provides products of rows head by head, which relate contents to positions in disentangled attention.</summary>
public static class HeadProductOperation
{
    /// <summary>Computes, for each head, x tableᵀ over the head's columns alone.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × hidden]</c>, the heads side by side.</param>
    /// <param name="table"><c>[entries × hidden]</c>.</param>
    /// <param name="heads">The number of heads.</param>
    /// <returns><c>[rows × heads · entries]</c>, the heads side by side.</returns>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    public static Tensor HeadProducts(this Computation run, Tensor x, Tensor table, int heads)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        if (x.Columns != table.Columns || x.Columns % heads != 0)
        {
            throw new ArgumentException($"{x} and {table} cannot be divided into {heads} heads of the same width.", nameof(table));
        }

        var y = run.Lease(x.Rows, heads * table.Rows);
        run.Execute(new HeadProducts(x, table, heads, y), heads, (long)y.Length * x.Columns / heads);
        run.Trace?.HeadProducts(y, x, table, heads);
        if (run.Recording && (x.RequiresGradient || table.RequiresGradient))
        {
            run.Record(y, gradient => Backward(run, x, table, heads, gradient), x, table);
        }

        return y;
    }

    private static void Backward(Computation run, Tensor x, Tensor table, int heads, Tensor gradient)
    {
        Tensor dx = run.Lease(x.Shape), dTable = run.Lease(table.Shape);
        run.Execute(new HeadProductsGradient(x, table, heads, gradient, dx, dTable), heads, 2L * gradient.Length * x.Columns / heads);
        foreach (var (tensor, dTensor) in (ReadOnlySpan<(Tensor, Tensor)>)[(x, dx), (table, dTable)])
        {
            if (tensor.RequiresGradient)
            {
                tensor.AddGradient(dTensor);
            }
            else
            {
                dTensor.Release();
            }
        }
    }
}
