using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Conversion;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>export</c>, which writes a model as an ONNX graph.</summary>
internal sealed class ExportCommand : CliCommand
{
    private readonly Argument<string> _model = new("MODEL") { Description = "The model: a folder or a Hugging Face Hub id" };
    private readonly Option<string?> _output = NewOption.Text("--output", "FILE.onnx", "The new file");

    public ExportCommand(Host host)
        : base("export", "Writes a sentence encoder or a cross-encoder as an ONNX graph of float32, for other runtimes", host)
    {
        _output.Required = true;
        Add(_model);
        Add(_output);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var output = arguments.GetValue(_output)!;
        var folder = await ModelOption.FolderAsync(arguments.GetValue(_model), Host, cancellationToken, kind: null).ConfigureAwait(false);
        if (ModelKinds.Of(folder) == ModelKind.CrossEncoder)
        {
            var model = CrossEncoder.Load(folder);
            Host.Warn(model.Warnings);
            OnnxExport.Export(model, output);
        }
        else
        {
            var model = SentenceTransformer.Load(folder);
            Host.Warn(model.Warnings);
            OnnxExport.Export(model, output);
        }

        Host.Text.WriteLine(output);
    }
}
