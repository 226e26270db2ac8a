using Semblance.Tensors;

namespace Semblance.Training.Tests.Losses;

/// <summary>Values and gradients of losses of sentence vectors.</summary>
internal static class LossChecks
{
    /// <summary>The step of finite differences.</summary>
    public const double Step = 1e-3;

    public static void Fails(Loss loss, Tensor[] columns, Tensor? labels, string message) =>
        Should.Throw<LossInputException>(() => Value(loss, columns, labels)).Message.ShouldContain(message);

    public static void CheckZero(Loss loss, Tensor[] columns, Tensor labels)
    {
        Value(loss, columns, labels).ShouldBe(0);
        Gradients(loss, columns, labels).SelectMany(g => g).ShouldAllBe(g => g == 0);
    }

    public static void CheckGradients(Loss loss, Tensor[] columns, Tensor? labels = null)
    {
        var gradients = Gradients(loss, columns, labels);
        for (var column = 0; column < columns.Length; column++)
        {
            for (var i = 0; i < columns[column].Length; i++)
            {
                var value = columns[column].Values[i];
                columns[column].Writable[i] = value + (float)Step;
                var above = Value(loss, columns, labels);
                columns[column].Writable[i] = value - (float)Step;
                var below = Value(loss, columns, labels);
                columns[column].Writable[i] = value;
                gradients[column][i].ShouldBe((float)((above - below) / (2 * Step)), 5e-3f, $"column {column}, element {i}");
            }
        }
    }

    public static float Value(Loss loss, Tensor[] columns, Tensor? labels = null)
    {
        using var run = new Computation();
        return loss.Forward(run, new LossInput(columns, labels)).Values[0];
    }

    public static float[][] Gradients(Loss loss, Tensor[] columns, Tensor? labels = null)
    {
        foreach (var column in columns)
        {
            (column.RequiresGradient, column.Gradient) = (true, null);
        }

        foreach (var (_, parameter) in loss.Parameters())
        {
            parameter.Gradient = null;
        }

        using var run = new Computation(recording: true);
        run.Backward(loss.Forward(run, new LossInput(columns, labels)));
        return [.. columns.Select(column => column.Gradient!.Values.ToArray())];
    }

    public static Tensor Random(int seed, int rows, int columns)
    {
        var random = new Random(seed);
        return Tensor.From([.. Enumerable.Range(0, rows * columns).Select(_ => (random.NextSingle() * 2) - 1)], rows, columns);
    }
}
