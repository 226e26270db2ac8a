using System.CommandLine;
using System.Diagnostics;
using Semblance.Checkpoints;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Distillation;
using Semblance.Modules;
using Semblance.Transformers;

namespace Semblance.Cli.Commands;

/// <summary><c>distill-static</c>: a model of token vectors alone, made of a transformer.</summary>
internal sealed class DistillStaticCommand : CliCommand
{
    private readonly ModelOption _model = new();
    private readonly Option<string?> _output = NewOption.Text("--output", "FOLDER", "The new model's folder");
    private readonly Option<int?> _dimensions = NewOption.Count("--dimensions", "The number of elements of a vector; default 256, at most what the transformer has");
    private readonly Option<float?> _sif = NewOption.Number("--sif", "A", "How much less frequent tokens weigh: a / (a + probability), from 0 to 1; default 0.0001");
    private readonly Option<int?> _threads = NewOption.Count("--threads", "The most threads to use; default one for each physical core");
    private readonly Option<string> _weights = NewOption.Choice("--weights", "The type that vectors are written in", "float32", "float16");

    public DistillStaticCommand(Host host)
        : base("distill-static", "Make a fast model of one vector for each token out of a transformer", host)
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
            throw new ModelFormatException(source, $"the model has no transformer to distil; a model that begins with one is needed.");
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
        await Host.WithProgressAsync("distilling", bar => Task.Run(() => model = StaticEmbeddingModule.Distill(teacher, options, bar, cancellationToken), cancellationToken)).ConfigureAwait(false);
        model!.Save(folder, arguments.GetValue(_weights) == "float16" ? DType.F16 : DType.F32);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Host.Error.WriteLine(Numbers.Invariant($"distilled {model!.Tokenizer.VocabularySize:N0} tokens to vectors of {model.Dimension} in {seconds:F1} s"));
        Host.Text.WriteLine(folder);
    }
}
