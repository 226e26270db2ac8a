using System.CommandLine;
using Semblance.Tensors.Instructions;

namespace Semblance.Cli.Options;

/// <summary>Represents a command with its options and its action.</summary>
internal abstract class CliCommand : Command
{
    protected CliCommand(string name, string description, Host host)
        : base(name, description)
    {
        Host = host;
        SetAction((arguments, cancellationToken) =>
        {
            Host.Warn(InstructionSets.Warning is { } slow ? [slow] : []);
            return RunAsync(arguments, cancellationToken);
        });
    }

    /// <summary>Gets the standard streams.</summary>
    protected Host Host { get; }

    /// <summary>Runs the command.</summary>
    protected abstract Task RunAsync(ParseResult arguments, CancellationToken cancellationToken);
}
