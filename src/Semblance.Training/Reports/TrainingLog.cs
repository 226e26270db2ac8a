using System.Buffers;
using System.Text.Json;
using Semblance.Files.Json;

namespace Semblance.Training;

/// <summary>
/// Writes the steps of a training as JSON Lines: <c>log.jsonl</c> in its folder, one step per line, with <c>step</c>, <c>dataset</c>,
/// <c>loss</c>,
/// <c>gradient_norm</c>, <c>learning_rate</c>; after an evaluation <c>evaluation</c> with its <c>metrics</c> and the name of the
/// <c>primary</c> metric; and
/// in case of a problem <c>warning</c> with its <c>kind</c> and <c>message</c>.
/// </summary>
/// <remarks>
/// A line is one write to the file, so at most the last line is lost if the process is killed; readers ignore an incomplete last line.
/// Numbers that are not
/// finite are written as <c>null</c> and read as NaN. Not thread-safe.
/// </remarks>
public sealed class TrainingLog : IProgress<TrainingStep>, IDisposable
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "log.jsonl";

    private readonly FileStream _file;
    private readonly long _every;

    /// <summary>Initializes a new instance of the <see cref="TrainingLog"/> class and opens or creates its file.</summary>
    /// <param name="folder">The folder of the training, which is created if it does not exist.</param>
    /// <param name="firstStep">
    /// The next step: lines of this and later steps are removed, as is an incomplete last line. 0, the default, starts a new log.
    /// </param>
    /// <param name="every">
    /// The interval of the steps to keep, besides those with an evaluation or a warning. The default is 1, which keeps all steps.
    /// </param>
    /// <exception cref="FormatException">A line of the log is invalid.</exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public TrainingLog(string folder, long firstStep = 0, long every = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfNegative(firstStep);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        _every = every;
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName);
        var kept = firstStep > 0 && File.Exists(path) ? Read(path).TakeWhile(line => line.Step.Step < firstStep).LastOrDefault().End : 0;
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _file.SetLength(kept);
        _file.Position = kept;
    }

    /// <summary>Reads the log of a finished or running training.</summary>
    /// <param name="folder">The folder of the training.</param>
    /// <returns>The steps in order.</returns>
    /// <exception cref="FormatException">A line of the log is invalid.</exception>
    /// <exception cref="IOException">The log does not exist or cannot be read.</exception>
    public static IReadOnlyList<TrainingStep> Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return [.. Read(Path.Combine(folder, FileName)).Select(line => line.Step)];
    }

    /// <summary>Adds a step.</summary>
    /// <param name="value">The step.</param>
    public void Report(TrainingStep value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Step % _every != 0 && value is { Evaluation: null, Warning: null })
        {
            return;
        }

        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
        {
            Write(json, value);
        }

        line.Write("\n"u8);
        _file.Write(line.WrittenSpan);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static void Write(Utf8JsonWriter json, TrainingStep step)
    {
        json.WriteStartObject();
        json.WriteNumber("step", step.Step);
        json.WriteString("dataset", step.Dataset);
        Number("loss", step.Loss);
        if (step.Accuracy is { } accuracy)
        {
            Number("accuracy", accuracy);
        }

        Number("gradient_norm", step.GradientNorm);
        Number("learning_rate", step.LearningRate);
        if (step.Evaluation is { } evaluation)
        {
            json.WriteStartObject("evaluation");
            json.WriteString("primary", evaluation.PrimaryMetric);
            json.WriteStartObject("metrics");
            foreach (var (metric, score) in evaluation.Metrics)
            {
                Number(metric, score);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        if (step.Warning is { } warning)
        {
            json.WriteStartObject("warning");
            json.WriteString("kind", warning.Kind.ToString());
            json.WriteString("message", warning.Message);
            json.WriteEndObject();
        }

        json.WriteEndObject();

        void Number(string name, double value)
        {
            if (double.IsFinite(value))
            {
                json.WriteNumber(name, value);
            }
            else
            {
                json.WriteNull(name);
            }
        }
    }

    // Reads each step and the end of its line.
    private static IEnumerable<(TrainingStep Step, long End)> Read(string path)
    {
        var bytes = ReadShared(path);
        var number = 1;
        for (var start = 0; start < bytes.Length; number++)
        {
            var length = bytes.AsSpan(start).IndexOf((byte)'\n');
            if (length < 0)
            {
                yield break;
            }

            var end = start + length + 1;
            TrainingStep step;
            try
            {
                using var json = JsonText.Parse(bytes.AsMemory(start, length));
                step = Step(json.RootElement);
            }
            catch (Exception e) when (
                e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
            {
                if (end == bytes.Length)
                {
                    yield break; // a crash of the machine can leave a line of zero bytes
                }

                throw new FormatException(
                    $"{path}, line {number}: the line is not a training step; a JSON object with step, dataset, loss, "
                    + "gradient_norm and learning_rate is expected. Correct or remove the line.",
                    e);
            }

            yield return (step, end);
            start = end;
        }
    }

    // The training that writes the log may still run.
    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static TrainingStep Step(JsonElement line)
    {
        var number = line.GetProperty("step").GetInt64();
        return new TrainingStep(
            number,
            line.GetProperty("dataset").GetString() ?? "",
            Number(line.GetProperty("loss")),
            Number(line.GetProperty("gradient_norm")),
            Number(line.GetProperty("learning_rate")),
            line.TryGetProperty("evaluation", out var evaluation) ? Evaluation(evaluation) : null)
        {
            Accuracy = line.TryGetProperty("accuracy", out var accuracy) ? Number(accuracy) : null,
            Warning = line.TryGetProperty("warning", out var warning)
                ? new TrainingWarning(
                    number, Enum.Parse<TrainingWarningKind>(warning.GetProperty("kind").GetString() ?? ""),
                    warning.GetProperty("message").GetString() ?? "")
                : null,
        };

        static EvaluationResult Evaluation(JsonElement evaluation) => new(
            new OrderedDictionary<string, double>(
                evaluation.GetProperty("metrics")
                    .EnumerateObject()
                    .Select(metric => KeyValuePair.Create(metric.Name, Number(metric.Value)))),
            evaluation.GetProperty("primary").GetString() ?? "");

        static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble();
    }
}
