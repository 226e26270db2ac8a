using System.CommandLine;
using Semblance.Checkpoints;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Tensors;
using Semblance.Transformers;
using Semblance.Transformers.Tasks;

namespace Semblance.Cli.Commands;

/// <summary>
/// Represents <c>forward</c>, which runs a batch of token ids through a model, to compare its outputs with those of another library.
/// </summary>
internal sealed class ForwardCommand : CliCommand
{
    private readonly ModelOption _model = new();
    private readonly Option<string?> _input = NewOption.Text(
        "--input", "FILE",
        "A .safetensors file with input_ids and optionally attention_mask, token_type_ids, decoder_input_ids and decoder_attention_mask: "
        + "[sequences × width], padded on either side; for CLIP, pixel_values in addition or instead");
    private readonly Option<string?> _output = NewOption.Text(
        "--output", "FILE",
        "The .safetensors file for the outputs: hidden_states.N, last_hidden_state, pooler_output, logits, …; padding is zero");

    public ForwardCommand(Host host)
        : base("forward", "Runs a padded batch of token ids through a model", host)
    {
        _input.Required = true;
        _output.Required = true;
        _output.AcceptEndings(standardOutput: false, ".safetensors");
        _model.AddTo(this);
        Add(_input);
        Add(_output);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var output = arguments.GetRequiredValue(_output)!;
        OutputFile.CheckFolder(output);
        var input = arguments.GetRequiredValue(_input)!;
        var folder = await _model.FolderAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        using var run = new Computation(compute: _model.Compute(arguments), cancellationToken: cancellationToken);
        var writer = new SafetensorsWriter();
        if (ClipOutputs.IsClip(folder))
        {
            foreach (var (name, tensor) in ClipOutputs.Of(folder, input, run, Host))
            {
                writer.Add(name, tensor);
            }
        }
        else
        {
            Run(folder, input, run, writer);
        }

        OutputFile.Open(output, () =>
        {
            writer.Save(output);
            return output;
        });
    }

    private void Run(string folder, string input, Computation run, SafetensorsWriter writer)
    {
        var batch = PaddedBatch.Read(input);
        var decoderBatch = PaddedBatch.ReadDecoder(input);
        var model = TaskModel.Load(folder);
        Host.Warn(model.Warnings);
        foreach (var (name, tensor) in Forward(model, run, batch, decoderBatch))
        {
            var ofDecoder = model.HasDecoder && (name == "logits" || name.StartsWith("decoder_", StringComparison.Ordinal));
            var owner = ofDecoder ? decoderBatch! : batch;
            var single = name is "start_logits" or "end_logits" || (name == "logits" && IsOf(folder, "ElectraForPreTraining"));
            writer.Add(name, ofDecoder || IsOfTokens(name, tensor, batch, folder) ? owner.Pad(tensor, single) : tensor);
        }
    }

    private static IReadOnlyDictionary<string, Tensor> Forward(
        TaskModel model, Computation run, PaddedBatch batch, PaddedBatch? decoderBatch)
    {
        try
        {
            return model.Forward(run, batch.Packed, decoderBatch?.Packed);
        }
        catch (ArgumentException e)
        {
            throw new InputException(batch.Name, $"the batch does not fit the model: {Failure.Describe(e)}");
        }
    }

    // A row of an output is a token or a sequence. If every sequence has one token, the number of rows cannot tell.
    private static bool IsOfTokens(string name, Tensor tensor, PaddedBatch batch, string folder)
    {
        if (batch.Packed.TokenCount != batch.Packed.Count)
        {
            return tensor.Rows == batch.Packed.TokenCount;
        }

        return name == "logits"
            ? !IsOf(folder, "ForSequenceClassification")
            : name != "pooler_output";
    }

    private static bool IsOf(string folder, string task) =>
        ConfigurationFile.Read(Path.Combine(folder, "config.json"))
            .Texts("architectures")
            .Any(name => name.EndsWith(task, StringComparison.Ordinal));
}
