using Semblance.Tensors;

namespace Semblance.Training.Tests.Losses;

/// <summary>Gradients of a model's parameters.</summary>
internal static class ModelGradients
{
    public static float[] Of(ITrainableModel model) =>
        [.. model.Parameters().SelectMany(parameter => parameter.Value.Gradient?.Values.ToArray() ?? new float[parameter.Value.Length])];

    public static void Clear(ITrainableModel model)
    {
        foreach (var (_, parameter) in model.Parameters())
        {
            parameter.Gradient = null;
        }
    }

    public static void Train(ITrainableModel model)
    {
        foreach (var parameter in model.Parameters())
        {
            parameter.IsTrained = true;
        }
    }

    /// <summary>Along its own gradient, each parameter must raise the loss by the gradient's length.</summary>
    /// <returns>How many parameters have a gradient long enough to be measured.</returns>
    public static int Check(Objective loss, TrainingBatch batch)
    {
        const double Step = 2e-3, Shortest = 2e-2;
        Clear(batch.Model);
        loss.Backward(batch);
        var checkedCount = 0;
        foreach (var (name, parameter, gradient) in batch.Model.Parameters().Where(parameter => parameter.Value.Gradient is not null)
            .Select(parameter => (parameter.Name, parameter.Value, parameter.Value.Gradient!.Values.ToArray())).ToArray())
        {
            var length = Math.Sqrt(gradient.Sum(g => (double)g * g));
            if (length < Shortest)
            {
                continue;
            }

            var before = parameter.Values.ToArray();
            double Value(double step)
            {
                for (var i = 0; i < before.Length; i++)
                {
                    parameter.Writable[i] = (float)(before[i] + (step * gradient[i] / length));
                }

                return loss.Backward(batch);
            }

            ((Value(Step) - Value(-Step)) / (2 * Step)).ShouldBe(length, Math.Max(2e-3, 0.03 * length), name);
            before.CopyTo(parameter.Writable);
            checkedCount++;
        }

        Clear(batch.Model);
        return checkedCount;
    }

    /// <summary>The loss in mini-batches of so many tokens must have the value and the gradients that it has at once.</summary>
    public static void CheckCached(OutputLoss loss, TrainingBatch batch, int tokens)
    {
        Clear(batch.Model);
        var value = loss.Backward(batch);
        var whole = Of(batch.Model);
        Clear(batch.Model);
        new GradientCache(loss, tokens).Backward(batch).ShouldBe(value, 1e-5 * Math.Max(1, Math.Abs(value)));
        var largest = whole.Max(Math.Abs);
        largest.ShouldBeGreaterThan(0);
        Of(batch.Model).Zip(whole, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThanOrEqualTo(2e-5f * largest);
    }

    /// <summary>Trains for some steps; the loss of the whole data must fall.</summary>
    public static void CheckTraining(Objective loss, ITrainableModel model, Example[] rows, string folder)
    {
        double Value()
        {
            var value = loss.Backward(new TrainingBatch(model, rows));
            Clear(model);
            return value;
        }

        var before = Value();
        new Trainer(
            model,
            [new TrainingDataset("rows", rows, loss)],
            new DefaultBatchSampler(rows.Length, rows.Length, seed: 1),
            parameters => new AdamW(ParameterGroups.From(parameters, weightDecay: 0.01)),
            new TrainerOptions { Steps = 12, Schedule = new ConstantSchedule(1e-3), Folder = folder }).Train();
        Value().ShouldBeLessThan(0.8 * before);
    }
}
