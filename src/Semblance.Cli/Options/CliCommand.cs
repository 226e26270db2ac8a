using System.CommandLine;

namespace Semblance.Cli.Options;

/// <summary>One of the commands: it holds its options, and runs.</summary>
internal abstract class CliCommand : Command
{
    protected CliCommand(string name, string description, Host host)
        : base(name, description)
    {
        Host = host;
        SetAction(RunAsync);
    }

    /// <summary>Where to read and write.</summary>
    protected Host Host { get; }

    /// <summary>Does what the command is for.</summary>
    protected abstract Task RunAsync(ParseResult arguments, CancellationToken cancellationToken);
}
