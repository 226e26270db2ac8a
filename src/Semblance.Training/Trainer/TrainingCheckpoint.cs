using System.Globalization;
using Semblance.Checkpoints;

namespace Semblance.Training;

/// <summary>
/// Everything that training needs to go on as if it had never stopped: one safetensors file with the parameters, the
/// optimiser's memory and, in its metadata, where it was. It is renamed to its place when it is whole, so a crash leaves the one before.
/// </summary>
public static class TrainingCheckpoint
{
    private const string FileName = "checkpoint.safetensors";
    private const string ParameterPrefix = "parameter.";

    /// <summary>Whether a folder has a checkpoint.</summary>
    /// <param name="folder">The folder; it need not be there.</param>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>Removes a folder's checkpoint, if it has one, so that nothing can go on from it.</summary>
    /// <param name="folder">The folder; it need not be there.</param>
    /// <exception cref="IOException">The file cannot be removed.</exception>
    public static void Delete(string folder)
    {
        if (Exists(folder))
        {
            File.Delete(Path.Combine(folder, FileName));
        }
    }

    /// <summary>How many steps had been taken at a folder's checkpoint; 0 where there is none.</summary>
    /// <param name="folder">The folder; it need not be there.</param>
    /// <exception cref="CheckpointFormatException">The file is not a checkpoint of a training.</exception>
    public static long Steps(string folder) => Exists(folder) ? Number(SafetensorsFile.Open(Path.Combine(folder, FileName)), "steps") : 0;

    /// <summary>Writes the checkpoint over the one before.</summary>
    /// <exception cref="IOException">It cannot be written; the one before is as it was.</exception>
    internal static void Save(string folder, TrainingState state, IReadOnlyList<NamedParameter> parameters, Optimizer optimizer)
    {
        var writer = new SafetensorsWriter();
        writer.Metadata["steps"] = state.Steps.ToString(CultureInfo.InvariantCulture);
        writer.Metadata["epoch"] = state.Position.Epoch.ToString(CultureInfo.InvariantCulture);
        writer.Metadata["batches"] = state.Position.Batches.ToString(CultureInfo.InvariantCulture);
        writer.Metadata["best_score"] = state.BestScore.ToString("R", CultureInfo.InvariantCulture);
        writer.Metadata["without_better"] = state.WithoutBetter.ToString(CultureInfo.InvariantCulture);
        foreach (var parameter in parameters)
        {
            writer.Add(ParameterPrefix + parameter.Name, parameter.Value);
        }

        optimizer.SaveState(writer);
        Directory.CreateDirectory(folder);
        try
        {
            writer.Save(Path.Combine(folder, FileName));
        }
        catch (IOException e) when (Exists(folder))
        {
            throw new IOException($"{e.Message} The checkpoint of step {Steps(folder)} is as it was: resume from it.", e);
        }
    }

    /// <summary>Takes up the checkpoint of a folder; the beginning where there is none.</summary>
    /// <exception cref="CheckpointFormatException">The checkpoint is of another training.</exception>
    internal static TrainingState Load(string folder, IReadOnlyList<NamedParameter> parameters, Optimizer optimizer)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return TrainingState.Beginning;
        }

        var file = SafetensorsFile.Open(path);
        var state = new TrainingState(
            Number(file, "steps"),
            new SamplerPosition(Number(file, "epoch"), Number(file, "batches")),
            double.TryParse(Text(file, "best_score"), CultureInfo.InvariantCulture, out var best) ? best : throw Fault(file, "best_score"),
            (int)Number(file, "without_better"));
        var stored = parameters.Select(parameter => (parameter, Value: file.Read(ParameterPrefix + parameter.Name))).ToArray();
        foreach (var (parameter, value) in stored)
        {
            if (!value.Shape.SequenceEqual(parameter.Value.Shape))
            {
                throw new CheckpointFormatException(path, $"'{parameter.Name}' is {value}, but the model's is {parameter.Value}; the checkpoint is of another model.");
            }
        }

        optimizer.LoadState(file);
        foreach (var (parameter, value) in stored)
        {
            value.Values.CopyTo(parameter.Value.Writable);
        }

        return state;
    }

    private static long Number(SafetensorsFile file, string name) =>
        long.TryParse(Text(file, name), CultureInfo.InvariantCulture, out var number) && number >= 0 ? number : throw Fault(file, name);

    private static string Text(SafetensorsFile file, string name) => file.Metadata.TryGetValue(name, out var text) ? text : throw Fault(file, name);

    private static CheckpointFormatException Fault(SafetensorsFile file, string name) =>
        new(file.Path, $"its metadata lacks '{name}' or has no number there; it is not a checkpoint of a training.");
}
