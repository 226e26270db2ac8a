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
        var y = run.Lease(x.Shape);
        Execute(run, x, null, activation, y);
        run.Trace?.Activate(y, x, activation);
        if (run.Recording && x.RequiresGradient)
        {
            run.Record(
                y,
                gradient =>
                {
                    Execute(run, x, gradient, activation, gradient);
                    x.AddGradient(gradient);
                },
                x);
        }

        return y;
    }

    // Computes f(x), or f'(x) · gradient, whose memory may be that of the result.
    private static void Execute(Computation run, Tensor x, Tensor? gradient, Activation activation, Tensor result)
    {
        var kernel = new ElementwiseKernel(x, gradient, activation, result);
        run.Execute(kernel, kernel.Items, 16L * x.Length);
    }
}
