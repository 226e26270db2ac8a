using System.CommandLine;
using System.Diagnostics;
using Semblance.Checkpoints;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Distillation;
using Semblance.Modules;
using Semblance.Transformers;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>distill-static</c>, which distills a static embedding model from a transformer.</summary>
internal sealed class DistillStaticCommand : CliCommand
{
    private readonly ModelOption _model = new();
    private readonly Option<string?> _output = NewOption.Text("--output", "FOLDER", "The folder of the new model");
    private readonly Option<int?> _dimensions = NewOption.Count(
        "--dimensions", "The dimension of the vectors, at most that of the transformer; default: 256");
    private readonly Option<float?> _sif = NewOption.Number(
        "--sif", "A", "The SIF coefficient a of the token weights a / (a + probability), from 0 to 1; default: 0.0001",
        "a number from 0 to 1", number => number is >= 0 and <= 1);
    private readonly Option<int?> _threads = NewOption.Count("--threads", "The maximum number of threads; default: one per physical core");
    private readonly Option<string> _weights = NewOption.Choice("--weights", "The data type of the weights", "float32", "float16");

    public DistillStaticCommand(Host host)
        : base("distill-static", "Distills a transformer into a fast static embedding model with one vector per token", host)
    {
        _output.Required = true;
        Add(_model);
        Add(_output);
        Add(_dimensions);
        Add(_sif);
        Add(_threads);
        Add(_weights);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var folder = NewFolder.Check(arguments.GetValue(_output)!);
        var source = await _model.FolderAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        var loaded = SentenceTransformer.Load(source);
        Host.Warn(loaded.Warnings);
        if (loaded.Modules[0] is not TransformerModule teacher)
        {
            throw new ModelFormatException(
                source, "the model has no transformer to distill; use a model whose first module is a transformer.");
        }

        var defaults = new StaticDistillationOptions();
        var options = defaults with
        {
            Dimensions = arguments.GetValue(_dimensions) ?? defaults.Dimensions,
            SifCoefficient = arguments.GetValue(_sif) ?? defaults.SifCoefficient,
            MaxThreads = arguments.GetValue(_threads),
        };
        var started = Stopwatch.GetTimestamp();
        SentenceTransformer? model = null;
        await Host.WithProgressAsync("distilling", bar => Task.Run(
            () => model = StaticEmbeddingModule.Distill(teacher, options, bar, cancellationToken),
            cancellationToken)).ConfigureAwait(false);
        model!.Save(folder, arguments.GetValue(_weights) == "float16" ? DType.F16 : DType.F32);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Host.Error.WriteLine(
            Numbers.Invariant($"distilled {model!.Tokenizer.VocabularySize:N0} tokens to vectors of {model.Dimension} in {seconds:F1} s"));
        Host.Text.WriteLine(folder);
    }
}
