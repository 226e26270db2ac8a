using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Files;
using Semblance.Files.Json;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Provides the checkpoint of a training: one safetensors file with the parameters, the optimizer state and, in its metadata, the progress.
/// </summary>
/// <remarks>The file is written under another name and then renamed, so a crash leaves the previous checkpoint intact.</remarks>
public static class TrainingCheckpoint
{
    private const string FileName = "checkpoint.safetensors";
    private const string TimeFileName = "checkpoint.time.json";
    private const string ParameterPrefix = "parameter.";

    /// <summary>Returns a value that indicates whether a folder has a checkpoint.</summary>
    /// <param name="folder">The folder, which need not exist.</param>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>Deletes a folder's checkpoint, if it has one, so that training cannot resume from it.</summary>
    /// <param name="folder">The folder, which need not exist.</param>
    /// <exception cref="IOException">The file cannot be deleted.</exception>
    public static void Delete(string folder)
    {
        if (Exists(folder))
        {
            File.Delete(Path.Combine(folder, FileName));
            File.Delete(Path.Combine(folder, TimeFileName));
        }
    }

    /// <summary>Returns the number of steps in a folder's checkpoint; 0 if there is none.</summary>
    /// <param name="folder">The folder, which need not exist.</param>
    /// <exception cref="CheckpointFormatException">The file is not a checkpoint of a training.</exception>
    public static long Steps(string folder) => Exists(folder) ? Number(SafetensorsFile.Open(Path.Combine(folder, FileName)), "steps") : 0;

    /// <summary>
    /// Returns the version of the library that wrote a folder's checkpoint; <see langword="null"/> if the version or the checkpoint is
    /// missing.
    /// </summary>
    /// <param name="folder">The folder, which need not exist.</param>
    /// <exception cref="CheckpointFormatException">The file is not a checkpoint of a training.</exception>
    public static string? Version(string folder) =>
        Exists(folder) ? SafetensorsFile.Open(Path.Combine(folder, FileName)).Metadata.GetValueOrDefault("version") : null;

    /// <summary>Gets the version of the library that new checkpoints are written with.</summary>
    public static string CurrentVersion => typeof(TrainingCheckpoint).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <summary>
    /// Returns the data and settings of the training that a folder's checkpoint belongs to, by name; <see langword="null"/> if the
    /// checkpoint is missing or, written by an earlier version, has no fingerprint.
    /// </summary>
    /// <param name="folder">The folder, which need not exist.</param>
    /// <exception cref="CheckpointFormatException">The file is not a checkpoint of a training.</exception>
    public static IReadOnlyDictionary<string, string>? Fingerprint(string folder)
    {
        if (!Exists(folder)
            || SafetensorsFile.Open(Path.Combine(folder, FileName)) is not { } file
            || !file.Metadata.TryGetValue("fingerprint", out var text))
        {
            return null;
        }

        try
        {
            using var json = JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(text));
            return json.RootElement.EnumerateObject().ToDictionary(field => field.Name, field => field.Value.GetString() ?? "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new CheckpointFormatException(
                file.Path, "its metadata has a 'fingerprint' that is not an object of strings; it is not a checkpoint of a training.");
        }
    }

    /// <summary>Writes the checkpoint, replacing the previous one.</summary>
    /// <exception cref="IOException">The checkpoint cannot be written; the previous one is unchanged.</exception>
    internal static void Save(
        string folder, TrainingState state, IReadOnlyList<Parameter> parameters, Action<SafetensorsWriter> saveState,
        IEnumerable<KeyValuePair<string, string>> fingerprint)
    {
        var writer = new SafetensorsWriter();
        writer.Metadata["version"] = CurrentVersion;
        writer.Metadata["fingerprint"] = Json(fingerprint);
        writer.Metadata["steps"] = state.Steps.ToString(CultureInfo.InvariantCulture);
        writer.Metadata["epoch"] = state.Position.Epoch.ToString(CultureInfo.InvariantCulture);
        writer.Metadata["batches"] = state.Position.Batches.ToString(CultureInfo.InvariantCulture);
        writer.Metadata["best_score"] = state.BestScore.ToString("R", CultureInfo.InvariantCulture);
        writer.Metadata["without_better"] = state.WithoutBetter.ToString(CultureInfo.InvariantCulture);
        writer.Add(parameters, prefix: ParameterPrefix);
        saveState(writer);
        Directory.CreateDirectory(folder);
        try
        {
            writer.Save(Path.Combine(folder, FileName));
            SaveElapsed(folder, state.Elapsed);
        }
        catch (IOException e) when (Exists(folder))
        {
            throw new IOException($"{e.Message} The checkpoint of step {Steps(folder)} is unchanged; resume from it.", e);
        }
    }

    /// <summary>Loads the checkpoint of a folder; returns the initial state if there is none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="parameters">The trained parameters.</param>
    /// <param name="loadState">Loads the state of the optimizer and of others.</param>
    /// <exception cref="CheckpointFormatException">The checkpoint belongs to another training.</exception>
    internal static TrainingState Load(string folder, IReadOnlyList<Parameter> parameters, Action<Checkpoint> loadState)
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
            (int)Number(file, "without_better"),
            Elapsed(folder));
        var stored = parameters.Select(parameter => (parameter, Value: file.Read(ParameterPrefix + parameter.Name))).ToArray();
        foreach (var (parameter, value) in stored)
        {
            if (!value.Shape.SequenceEqual(parameter.Value.Shape))
            {
                throw new CheckpointFormatException(
                    path, $"'{parameter.Name}' is {value}, but the model's is {parameter.Value}; the checkpoint is of another model.");
            }
        }

        loadState(file);
        foreach (var (parameter, value) in stored)
        {
            value.Values.CopyTo(parameter.Value.Writable);
        }

        return state;
    }

    private static long Number(SafetensorsFile file, string name) =>
        long.TryParse(Text(file, name), CultureInfo.InvariantCulture, out var number) && number >= 0 ? number : throw Fault(file, name);

    // In a separate file, so that the checkpoint does not depend on the duration. Earlier versions wrote none.
    private static TimeSpan Elapsed(string folder)
    {
        var path = Path.Combine(folder, TimeFileName);
        if (!File.Exists(path))
        {
            return TimeSpan.Zero;
        }

        try
        {
            using var json = JsonText.Parse(File.ReadAllBytes(path));
            return json.RootElement.GetProperty("seconds").GetDouble() is >= 0 and < 1e11 and var seconds
                ? TimeSpan.FromSeconds(seconds)
                : throw new FormatException("'seconds' is out of range");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new CheckpointFormatException(
                path, "expected the duration of the training, as in {\"seconds\":12.5}; remove the file to count from zero.", e);
        }
    }

    private static void SaveElapsed(string folder, TimeSpan elapsed)
    {
        using var file = new AtomicFile(Path.Combine(folder, TimeFileName));
        using (var json = new Utf8JsonWriter(file.Stream))
        {
            json.WriteStartObject();
            json.WriteNumber("seconds", elapsed.TotalSeconds);
            json.WriteEndObject();
        }

        file.Commit();
    }

    private static string Json(IEnumerable<KeyValuePair<string, string>> fields)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            foreach (var (name, value) in fields)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static string Text(SafetensorsFile file, string name) =>
        file.Metadata.TryGetValue(name, out var text) ? text : throw Fault(file, name);

    private static CheckpointFormatException Fault(SafetensorsFile file, string name) =>
        new(file.Path, $"its metadata lacks '{name}' or has no number there; it is not a checkpoint of a training.");
}
