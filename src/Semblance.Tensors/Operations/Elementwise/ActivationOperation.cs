using Semblance.Tensors.Kernels;

namespace Semblance.Tensors;

/// <summary>Provides activation functions as operations of their own.</summary>
public static class ActivationOperation
{
    /// <summary>Computes f(x), element by element.</summary>
    /// <param name="run">The computation.</param>
    /// <param name="x">A tensor of any shape.</param>
    /// <param name="activation">The function.</param>
    /// <returns>A tensor of the shape of <paramref name="x"/>.</returns>
    public static Tensor Activate(this Computation run, Tensor x, Activation activation)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(x);
        var y = Elementwise(run, x, null, activation);
        if (run.Recording && x.RequiresGradient)
        {
            run.Record(y, gradient => x.AddGradient(Elementwise(run, x, gradient, activation)), x);
        }

        return y;
    }

    private static Tensor Elementwise(Computation run, Tensor x, Tensor? gradient, Activation activation)
    {
        var y = run.Lease(x.Shape);
        var kernel = new ElementwiseKernel(x, gradient, activation, y);
        run.Execute(kernel, kernel.Items, 16L * x.Length);
        return y;
    }
}
