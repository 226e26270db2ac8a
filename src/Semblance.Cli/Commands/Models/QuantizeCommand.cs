using System.CommandLine;
using Semblance.Checkpoints;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Training;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>quantize</c>, which writes a model with its weights in another type.</summary>
internal sealed class QuantizeCommand : CliCommand
{
    private const int MostCompared = 1000; // texts

    private static readonly DType[] Types = [DType.I8, DType.F16, DType.BF16, DType.F32];

    private readonly Argument<string> _source = new("MODEL") { Description = "The model: a folder or a Hugging Face Hub id" };
    private readonly Option<string?> _output = NewOption.Text("--output", "FOLDER", "The folder of the new model");
    private readonly Option<string> _weights = NewOption.Choice(
        "--weights", "The data type of the weights; float32 restores a folder of another type", [.. Types.Select(ModelQuantizer.NameOf)]);
    private readonly TaskOptions _tasks;

    public QuantizeCommand(Host host)
        : base("quantize", "Writes a model with its weights as int8, float16 or bfloat16, and shows what it costs on a task", host)
    {
        _output.Required = true;
        Add(_source);
        Add(_output);
        Add(_weights);
        _tasks = new TaskOptions(this, required: false);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var folder = NewFolder.Check(arguments.GetValue(_output)!);
        var source = await ModelOption.FolderAsync(arguments.GetValue(_source), Host, cancellationToken).ConfigureAwait(false);
        var type = Types.First(known => ModelQuantizer.NameOf(known) == arguments.GetValue(_weights));
        var (tasks, data) = _tasks.AreGiven(arguments) ? _tasks.Of(arguments, Host.Error) : ([], "");
        var written = ModelQuantizer.Quantize(source, folder, type);
        string[][] rows =
        [
            ["weights", "bytes"],
            [ModelQuantizer.NameOf(written.Original), Numbers.Invariant($"{written.OriginalBytes:N0}")],
            [ModelQuantizer.NameOf(written.Weights), Numbers.Invariant($"{written.Bytes:N0}")],
        ];
        if (tasks.Count > 0)
        {
            var (before, after) = (SentenceTransformer.Load(source), SentenceTransformer.Load(folder));
            Host.Warn(after.Warnings);
            foreach (var task in tasks)
            {
                Compare(task, data, before, after, rows, cancellationToken);
            }
        }

        Write(rows);
        Host.Error.WriteLine(
            Numbers.Invariant($"wrote {folder}: {(double)written.Bytes / written.OriginalBytes:P1} of the bytes of the weights"));
    }

    // Adds the columns of a task: its metric, and the mean cosine of the vectors of both models.
    private static void Compare(
        EvaluationTask task, string data, SentenceTransformer before, SentenceTransformer after, string[][] rows,
        CancellationToken cancellationToken)
    {
        var metric = task.Headline[0];
        var texts = task.ReadTexts(data, MostCompared);
        var options = EncodeOptions.Default with { Normalize = true };
        var (first, second) = (before.Encode(texts, options, null, cancellationToken), after.Encode(texts, options, null, cancellationToken));
        var cosine = texts.Count == 0
            ? double.NaN
            : Enumerable.Range(0, texts.Count).Average(
                row => System.Numerics.Tensors.TensorPrimitives.Dot(first.Vectors.Row(row), second.Vectors.Row(row)));
        string[][] columns =
        [
            [$"{task.Name} {metric}", "cosine"],
            [Score(before), "1"],
            [Score(after), Numbers.Invariant($"{cosine:F5}")],
        ];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = [.. rows[i], .. columns[i]];
        }

        string Score(SentenceTransformer model) =>
            ResultTable.Text(metric, task.Evaluate(model, data, null, cancellationToken).Metrics[metric]);
    }

    private void Write(string[][] rows)
    {
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            Host.Text.WriteLine(
                string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
        }
    }
}
