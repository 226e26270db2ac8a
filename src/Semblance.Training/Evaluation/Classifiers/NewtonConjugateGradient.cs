using System.Numerics.Tensors;

namespace Semblance.Training;

/// <summary>
/// Minimizes with a truncated Newton method: inexact steps by conjugate gradients (Dembo and Steihaug 1983), with a line search.
/// </summary>
internal static class NewtonConjugateGradient
{
    private const int MostSteps = 100;
    private const int MostInnerSteps = 200;

    /// <summary>Returns the parameters with the smallest value.</summary>
    /// <param name="objective">The objective to minimize.</param>
    /// <param name="parameters">The initial parameters.</param>
    /// <param name="tolerance">The norm of the gradient at which to stop, relative to that at zero parameters.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public static double[] Minimize(LogisticObjective objective, double[] parameters, double tolerance, CancellationToken cancellationToken)
    {
        var zeros = new double[parameters.Length];
        var scale = Norm(objective.Gradient(objective.Logits(zeros), zeros));
        var logits = objective.Logits(parameters);
        for (var step = 0; step < MostSteps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var gradient = objective.Gradient(logits, parameters);
            var size = Norm(gradient);
            if (size <= tolerance * scale)
            {
                break;
            }

            var direction = Direction(objective, gradient, size * Math.Min(0.5, Math.Sqrt(size / scale)));
            if (!TryMove(objective, ref parameters, ref logits, gradient, direction))
            {
                break; // the limit of floating-point precision
            }
        }

        return parameters;
    }

    // Solves Hessian × direction = −gradient until the residual is small enough.
    private static double[] Direction(LogisticObjective objective, double[] gradient, double enough)
    {
        var direction = new double[gradient.Length];
        var rest = Array.ConvertAll(gradient, element => -element);
        var search = rest.ToArray();
        var squared = TensorPrimitives.SumOfSquares<double>(rest);
        for (var step = 0; step < MostInnerSteps && Math.Sqrt(squared) > enough; step++)
        {
            var product = objective.HessianProduct(search);
            var curvature = TensorPrimitives.Dot<double>(search, product);
            if (!(curvature > 0))
            {
                break;
            }

            var length = squared / curvature;
            TensorPrimitives.MultiplyAdd<double>(search, length, direction, direction);
            TensorPrimitives.MultiplyAdd<double>(product, -length, rest, rest);
            var before = squared;
            squared = TensorPrimitives.SumOfSquares<double>(rest);
            TensorPrimitives.MultiplyAdd<double>(search, squared / before, rest, search);
        }

        return direction;
    }

    // Halves the step until the value decreases sufficiently (Armijo 1966).
    private static bool TryMove(
        LogisticObjective objective, ref double[] parameters, ref double[] logits, double[] gradient, double[] direction)
    {
        var slope = TensorPrimitives.Dot<double>(gradient, direction);
        var value = objective.Value(logits, parameters);
        var change = objective.Logits(direction);
        for (var length = 1.0; length > 1e-6; length /= 2)
        {
            var (moved, movedLogits) = (new double[parameters.Length], new double[logits.Length]);
            TensorPrimitives.MultiplyAdd<double>(direction, length, parameters, moved);
            TensorPrimitives.MultiplyAdd<double>(change, length, logits, movedLogits);
            if (objective.Value(movedLogits, moved) <= value + (1e-4 * length * slope))
            {
                (parameters, logits) = (moved, movedLogits);
                return true;
            }
        }

        return false;
    }

    private static double Norm(double[] vector) => TensorPrimitives.Norm<double>(vector);
}
