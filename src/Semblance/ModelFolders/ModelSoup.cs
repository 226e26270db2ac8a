using System.Numerics.Tensors;
using Semblance.Checkpoints;
using Semblance.Transformers;
using Tensor = Semblance.Tensors.Tensor;

namespace Semblance;

/// <summary>
/// Averages the weights of several models that were trained from the same one, with other data, settings or seeds: a model soup (Wortsman
/// et al. 2022, arXiv:2203.05482). The result costs as much as one model, and is often better than each.
/// </summary>
public static class ModelSoup
{
    /// <summary>Writes the model whose weights are the means of those of several models.</summary>
    /// <param name="folders">
    /// The folders of the models, of any kind but all of the same architecture and size. The other files are those of the first.
    /// </param>
    /// <param name="output">The folder of the result; a model in it is replaced in one step.</param>
    /// <exception cref="ArgumentException"><paramref name="folders"/> is empty.</exception>
    /// <exception cref="ModelFormatException">The weights of the models differ in names or shapes, or are int8.</exception>
    /// <exception cref="CheckpointFormatException">The weights cannot be read, or are not finite.</exception>
    /// <exception cref="IOException">A folder cannot be read or written.</exception>
    public static void Average(IReadOnlyList<string> folders, string output)
    {
        ArgumentNullException.ThrowIfNull(folders);
        ArgumentException.ThrowIfNullOrEmpty(output);
        if (folders.Count == 0)
        {
            throw new ArgumentException("There is no model to average.", nameof(folders));
        }

        ModelCopy[] models = [.. folders.Select(folder => new ModelCopy(folder))];
        foreach (var model in models)
        {
            if (!model.WeightFolders.SequenceEqual(models[0].WeightFolders))
            {
                throw new ModelFormatException(
                    model.Source,
                    $"the model has weights in {Names(model)}, and {models[0].Source} in {Names(models[0])}; "
                    + "expected models of the same kind.");
            }
        }

        models[0].Write(
            output,
            (inner, target) => Mean([.. models.Select(model => Checkpoint.Open(Path.Combine(model.Source, inner)))])
                .Save(Path.Combine(target, "model.safetensors")),
            written => File.WriteAllText(Path.Combine(written, ModelQuantizer.Card), Card(output, models)));
    }

    /// <summary>
    /// Writes a greedy soup: from the best model to the worst, each is added to the mean if the mean then has no lower score.
    /// </summary>
    /// <param name="folders">The folders of the models, as in <see cref="Average"/>.</param>
    /// <param name="output">The folder of the result; a model in it is replaced in one step.</param>
    /// <param name="score">Evaluates the model of a folder on data that are held out; larger is better.</param>
    /// <param name="progress">Receives the share of the evaluations that are done.</param>
    /// <param name="cancellationToken">The token that cancels the operation between two evaluations.</param>
    /// <returns>The models, from the best to the worst.</returns>
    /// <exception cref="ArgumentException"><paramref name="folders"/> is empty, or a score is not a number.</exception>
    /// <exception cref="ModelFormatException">The weights of the models differ in names or shapes, or are int8.</exception>
    /// <exception cref="CheckpointFormatException">The weights cannot be read, or are not finite.</exception>
    /// <exception cref="IOException">A folder cannot be read or written.</exception>
    public static IReadOnlyList<SoupIngredient> Greedy(
        IReadOnlyList<string> folders, string output, Func<string, double> score, IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folders);
        ArgumentNullException.ThrowIfNull(score);
        var evaluations = 0;
        (string Folder, double Score)[] ranked =
            [.. folders.Select(folder => (folder, Evaluate(folder))).OrderByDescending(model => model.Item2)];
        var (taken, ingredients, best) = (new List<string>(), new List<SoupIngredient>(), double.NegativeInfinity);
        var candidate = Directory.CreateTempSubdirectory("semblance-soup-").FullName;
        try
        {
            foreach (var (folder, alone) in ranked)
            {
                Average([.. taken, folder], candidate);
                var together = taken.Count == 0 ? alone : Evaluate(candidate);
                var isTaken = together >= best;
                ingredients.Add(new SoupIngredient(folder, alone, together, isTaken));
                if (isTaken)
                {
                    taken.Add(folder);
                    best = together;
                }
            }
        }
        finally
        {
            Directory.Delete(candidate, recursive: true);
        }

        Average(taken, output);
        return ingredients;

        double Evaluate(string folder)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var value = score(folder);
            progress?.Report(++evaluations / ((2.0 * folders.Count) - 1));
            return double.IsNaN(value) ? throw new ArgumentException($"The score of {folder} is not a number.", nameof(score)) : value;
        }
    }

    private static SafetensorsWriter Mean(Checkpoint[] checkpoints)
    {
        var first = checkpoints[0];
        var writer = new SafetensorsWriter();
        foreach (var other in checkpoints)
        {
            if (other.Tensors.FirstOrDefault(info => info.DType == DType.I8) is { } quantized)
            {
                throw new ModelFormatException(
                    other.Path,
                    $"the tensor '{quantized.Name}' is int8, which cannot be averaged; restore float32 with "
                    + "semblance quantize --weights float32.");
            }

            CheckNames(first, other);
        }

        foreach (var info in first.Tensors)
        {
            if (!ModelQuantizer.IsWeight(info))
            {
                writer.Add(info.Name, first.ReadInt64(info.Name), [.. info.Shape]); // positions, which do not depend on training
                continue;
            }

            writer.Add(info.Name, Mean(info.Name, checkpoints), info.DType is DType.F16 or DType.BF16 ? info.DType : DType.F32);
        }

        return writer;
    }

    private static void CheckNames(Checkpoint first, Checkpoint other)
    {
        var shapes = other.Tensors.ToDictionary(info => info.Name, info => info.Shape);
        foreach (var info in first.Tensors)
        {
            if (!shapes.Remove(info.Name, out var shape))
            {
                throw new ModelFormatException(
                    other.Path, $"the tensor '{info.Name}' of {first.Path} is missing; expected models of the same architecture.");
            }

            if (!shape.SequenceEqual(info.Shape))
            {
                throw new ModelFormatException(
                    other.Path,
                    $"the tensor '{info.Name}' is [{string.Join(", ", shape)}], and [{string.Join(", ", info.Shape)}] in {first.Path}; "
                    + "expected models of the same size and vocabulary.");
            }
        }

        if (shapes.Count > 0)
        {
            throw new ModelFormatException(
                other.Path, $"the tensor '{shapes.Keys.First()}' is not in {first.Path}; expected models of the same architecture.");
        }
    }

    // Summed in double, so that the order of the models matters at most in the last bit.
    private static Tensor Mean(string name, Checkpoint[] checkpoints)
    {
        var mean = Tensor.Zeros([.. checkpoints[0].Info(name).Shape]);
        var (values, wide, sums) = (new float[mean.Length], new double[mean.Length], new double[mean.Length]);
        foreach (var checkpoint in checkpoints)
        {
            checkpoint.Read(name).CopyTo(0, values);
            if (!TensorPrimitives.IsFiniteAll<float>(values))
            {
                throw new CheckpointFormatException(checkpoint.Path, $"the tensor '{name}' has a value that is not finite.");
            }

            TensorPrimitives.ConvertChecked<float, double>(values, wide);
            TensorPrimitives.Add(sums, wide, sums);
        }

        TensorPrimitives.Divide(sums, checkpoints.Length, sums);
        TensorPrimitives.ConvertTruncating<double, float>(sums, mean.Writable);
        return mean;
    }

    // The card of the first model would describe the results of that model.
    private static string Card(string output, ModelCopy[] models) =>
        $"# {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(output)))}\n\n"
        + $"The weights are the means of those of {models.Length} models: "
        + $"{string.Join(", ", models.Select(model => Path.GetFileName(model.Source)))}.\n";

    private static string Names(ModelCopy model) => string.Join(", ", model.WeightFolders.Select(inner => $"'{inner}'"));
}
