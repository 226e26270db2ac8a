using System.Globalization;
using Semblance.Files.Protobuf;

namespace Semblance.Training;

/// <summary>
/// Writes the steps of a training as an event file for TensorBoard: <c>tensorboard --logdir FOLDER</c>. The scalars are <c>train/loss</c>,
/// <c>train/loss/DATASET</c>, <c>train/gradient_norm</c>, <c>train/learning_rate</c> and <c>eval/METRIC</c>.
/// </summary>
/// <remarks>
/// Each writer creates a new file, so a resumed training continues in another file; TensorBoard then ignores the steps of earlier files
/// from the first step
/// of the new file on. A step is one write to the file, so no step is lost if the process is killed. Not thread-safe. Format: TFRecord
/// frames of
/// <c>tensorflow.Event</c> messages, version <c>brain.Event:2</c>.
/// </remarks>
public sealed class TensorBoardWriter : IProgress<TrainingStep>, IDisposable
{
    private const int SessionStart = 1;

    private readonly TimeProvider _time;
    private readonly FileStream _file;

    /// <summary>Initializes a new instance of the <see cref="TensorBoardWriter"/> class and creates its file.</summary>
    /// <param name="folder">The folder of the event files, which is created if it does not exist.</param>
    /// <param name="firstStep">The next step: 0 for a new training, larger for a resumed one. The default is 0.</param>
    /// <param name="time">The clock; <see langword="null"/> for the system clock.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public TensorBoardWriter(string folder, long firstStep = 0, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfNegative(firstStep);
        _time = time ?? TimeProvider.System;
        Directory.CreateDirectory(folder);
        _file = NewFile(folder, _time.GetUtcNow().ToUnixTimeSeconds());
        Path = _file.Name;
        Write(Event(0).AddText(3, "brain.Event:2"));
        Write(Event(firstStep).AddMessage(7, new ProtobufWriter().AddVarint(1, SessionStart)));
    }

    /// <summary>Gets the path of the file.</summary>
    public string Path { get; }

    /// <summary>Writes the scalars of a step.</summary>
    /// <param name="value">The step.</param>
    public void Report(TrainingStep value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var summary = new ProtobufWriter();
        Add(summary, "train/loss", value.Loss);
        Add(summary, $"train/loss/{value.Dataset}", value.Loss);
        if (value.Accuracy is { } accuracy)
        {
            Add(summary, "train/accuracy", accuracy);
        }

        Add(summary, "train/gradient_norm", value.GradientNorm);
        Add(summary, "train/learning_rate", value.LearningRate);
        foreach (var (metric, score) in value.Evaluation?.Metrics ?? new Dictionary<string, double>())
        {
            Add(summary, $"eval/{metric}", score);
        }

        Write(Event(value.Step).AddMessage(5, summary));
    }

    /// <summary>Writes one scalar, such as <c>train/pairs_per_second</c>.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="tag">The name of the scalar; the part before the first slash groups scalars.</param>
    /// <param name="value">The value, which is stored in single precision.</param>
    public void Scalar(long step, string tag, double value)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        var summary = new ProtobufWriter();
        Add(summary, tag, value);
        Write(Event(step).AddMessage(5, summary));
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static void Add(ProtobufWriter summary, string tag, double value) =>
        summary.AddMessage(1, new ProtobufWriter().AddText(1, tag).AddFixed32(2, (float)value));

    // tensorflow/core/util/event.proto: wall_time = 1, step = 2, file_version = 3, summary = 5, session_log = 7.
    private ProtobufWriter Event(long step) =>
        new ProtobufWriter().AddFixed64(1, _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0).AddVarint(2, step);

    private void Write(ProtobufWriter message) => _file.Write(RecordFrame.Around(message.Written));

    // TensorBoard reads the files of a folder in the order of their names, so files of the same second are numbered.
    private static FileStream NewFile(string folder, long second)
    {
        for (var number = 0; ; number++)
        {
            var path = System.IO.Path.Combine(
                folder, string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{second:D10}.{number:D3}"));
            if (!File.Exists(path))
            {
                return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            }
        }
    }
}
