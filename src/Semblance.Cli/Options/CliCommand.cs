using System.CommandLine;
using Semblance.Cli.Input;
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
            return RunAndReportAsync(arguments, cancellationToken);
        });
    }

    /// <summary>Gets the standard streams.</summary>
    protected Host Host { get; }

    /// <summary>Runs the command.</summary>
    protected abstract Task RunAsync(ParseResult arguments, CancellationToken cancellationToken);

    private async Task RunAndReportAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(arguments, cancellationToken).ConfigureAwait(false);
        }
        catch (TextTooLongException e)
        {
            throw new InputException(
                Host.Encoded?.Name ?? "--truncation error",
                $"a text has {(e.TokenCount is { } count ? $"{count} tokens" : "too many tokens")}, and the model takes at most {e.Limit}; "
                + "use --truncation chunk to divide long texts, or --truncation cut to leave out their ends.",
                Host.Encoded?.Numbers[e.Index]);
        }

        Host.WarnTruncated();
    }
}
