using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>Provides sums of columns for the backward pass: the gradients of biases and norms.</summary>
internal static class ColumnSumsOperation
{
    /// <summary>Computes the sum of each column of x, or of x · factors.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x"><c>[rows × columns]</c>.</param>
    /// <param name="factors"><c>[rows × columns]</c>, or <see langword="null"/> for ones.</param>
    /// <param name="like">A tensor with the shape of the result: <c>columns</c> elements.</param>
    /// <returns>A tensor of the shape of <paramref name="like"/>.</returns>
    public static Tensor SumColumns(this Computation run, Tensor x, Tensor? factors, Tensor like)
    {
        var sums = run.Lease(like.Shape);
        var kernel = new ColumnSums(x, factors, sums);
        run.Execute(kernel, kernel.Items, x.Length);
        return sums;
    }
}
