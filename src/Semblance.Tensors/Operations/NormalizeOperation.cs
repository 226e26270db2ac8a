using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>Rows of length one.</summary>
public static class NormalizeOperation
{
    /// <summary>Divides each row by its Euclidean length, or by 10⁻¹² where that is larger: a zero row stays zero.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × columns]</c>.</param>
    /// <returns><c>[rows × columns]</c>.</returns>
    public static Tensor Normalize(this Computation run, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        var y = run.Lease(x.Rows, x.Columns);
        run.Execute(new NormalizeKernel(x, y), x.Rows, 2L * x.Length);
        GC.KeepAlive(x);
        return y;
    }
}
