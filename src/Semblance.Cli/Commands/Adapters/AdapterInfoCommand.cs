using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Transformers.Adapters;

namespace Semblance.Cli.Commands.Adapters;

/// <summary>Represents <c>adapter info</c>, which describes an adapter.</summary>
internal sealed class AdapterInfoCommand : CliCommand
{
    private readonly Argument<string> _folder = new("FOLDER") { Description = "The folder of the adapter" };

    public AdapterInfoCommand(Host host)
        : base("info", "Describes an adapter: method, base model, layers, and the numbers of parameters and bytes", host)
    {
        Add(_folder);
    }

    protected override Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var adapter = AdapterFolders.Read(arguments.GetRequiredValue(_folder));
        Host.Warn(adapter.Config.Warnings);
        Line("method", adapter.Config.PeftType);
        Line("base model", adapter.Config.BaseModel ?? "(not named)");
        Line("task", adapter.Config.TaskType ?? "(not named)");
        if (adapter.Config is LayerAdapterConfig layers)
        {
            Line("targets", layers.Targets?.ToString() ?? "(those of the architecture)");
        }

        if (adapter.Config is LoraConfig lora)
        {
            Line("rank", Numbers.Invariant($"{lora.Rank}"));
            Line("alpha", Numbers.Invariant($"{lora.Alpha}"));
        }

        if (adapter.Config.ModulesToSave.Count > 0)
        {
            Line("modules saved", string.Join(", ", adapter.Config.ModulesToSave));
        }

        Line("can be merged", adapter.Config.CanMerge ? "yes" : "no");
        Line("parameters", Numbers.Invariant($"{adapter.ParameterCount:N0} in {adapter.TensorCount:N0} tensors"));
        Line("bytes", Numbers.Invariant($"{adapter.Bytes:N0}"));
        return Task.CompletedTask;
    }

    private void Line(string name, string value) => Host.Text.WriteLine($"{name + ":",-15}{value}");
}
