using System.CommandLine;
using System.CommandLine.Invocation;
using Semblance.Cli.Commands;
using Semblance.Files;

namespace Semblance.Cli;

/// <summary>
/// Provides the entry point of the <c>semblance</c> tool: parses a command line, runs its command and returns the exit code.
/// </summary>
internal static class CommandLine
{
    /// <summary>The exit code of success.</summary>
    public const int Done = 0;

    /// <summary>The exit code of a failure, which one line on standard error describes.</summary>
    public const int Failed = 1;

    /// <summary>The exit code of an invalid command line.</summary>
    public const int Wrong = 2;

    /// <summary>The exit code of a canceled command.</summary>
    public const int Stopped = 130;

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The arguments of the process.</param>
    /// <param name="host">The standard streams.</param>
    /// <param name="cancellationToken">The token that cancels the command.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, Host host, CancellationToken cancellationToken = default)
    {
        try
        {
            return await InvokeAsync(arguments, host, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Stopped;
        }
        catch (IOException failure) when (Failure.IsBrokenPipe(failure))
        {
            return Done; // the reader of the results has closed the pipe
        }
        catch (InvalidOperationException) when (
            arguments is [var directive, ..] && directive.StartsWith("[suggest", StringComparison.Ordinal))
        {
            return Done; // a line that is being typed has no value yet for an option that a validator reads: nothing is suggested
        }
#pragma warning disable CA1031 // The last resort: every exception becomes one line.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return Fail(host, failure);
        }
    }

    private static async Task<int> InvokeAsync(string[] arguments, Host host, CancellationToken cancellationToken)
    {
        var isEmpty = arguments.Length == 0;

        // A sentence may begin with '@', so response files are off.
        var parsed = Root(host).Parse(isEmpty ? ["--help"] : arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is null or ParseErrorAction)
        {
            var command = Named(parsed.CommandResult.Command);
            host.Error.WriteLine($"{command}: {Problem(parsed)} See '{command} --help'.");
            return Wrong;
        }

        var configuration = new InvocationConfiguration
        {
            Output = isEmpty ? host.Error : host.Text,
            Error = host.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        var exitCode = await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        host.Flush();
        return isEmpty ? Wrong : exitCode;
    }

    private static string Named(Command command) =>
        command is RootCommand ? "semblance" : $"{Named(command.Parents.OfType<Command>().First())} {command.Name}";

    // An unknown word explains more than the missing argument that follows from it.
    private static string Problem(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            var command = parsed.CommandResult.Command;
            if (command.Options.Any(option => option.Name == unknown))
            {
                return $"The option '{unknown}' comes before the command; it follows the command's name.";
            }

            var (what, known) = unknown.StartsWith('-')
                ? ("option", command.Options.Select(option => option.Name))
                : ("command or argument", command.Subcommands.Select(inner => inner.Name));
            return $"There is no {what} '{Failure.OneLine(unknown)}'.{SimilarName.Question(unknown, known)}";
        }

        var problem = Failure.OneLine(parsed.Errors[0].Message);
        return problem[^1] is '.' or '?' ? problem : problem + ".";
    }

    private static int Fail(Host host, Exception failure)
    {
        try
        {
            host.Flush(); // results before the error are valid
        }
        catch (IOException)
        {
            // The error itself matters more than the results that cannot be written.
        }

        host.Error.WriteLine($"semblance: {Failure.Describe(failure)}");
        return Failed;
    }

    /// <summary>Creates the command with all of its subcommands.</summary>
    internal static RootCommand Root(Host host) =>
        new("Sentence-BERT for .NET: encodes, searches, clusters, reranks, evaluates and trains with sentence embeddings.")
    {
        new EncodeCommand(host),
        new SimilarityCommand(host),
        new SearchCommand(host),
        new RerankCommand(host),
        new PredictCommand(host),
        new ClassifyCommand(host),
        new TagCommand(host),
        new AnswerCommand(host),
        new SummarizeCommand(host),
        new TranslateCommand(host),
        new IndexCommand(host),
        new MineCommand(host),
        new DeduplicateCommand(host),
        new ClusterCommand(host),
        new MapCommand(host),
        new MineNegativesCommand(host),
        new EvaluateCommand(host),
        new TokenizeCommand(host),
        new ChunkCommand(host),
        new TrainCommand(host),
        new AdaptCommand(host),
        new RecipesCommand(host),
        new AdapterCommand(host),
        new TrainVocabularyCommand(host),
        new DistillStaticCommand(host),
        new GenerateCommand(host),
        new ForwardCommand(host),
        new InfoCommand(host),
        new QuantizeCommand(host),
        new AverageCommand(host),
        new ConvertCommand(host),
        new ExportCommand(host),
        new DownloadCommand(host),
        new InitCommand(host),
        new ServeCommand(host),
        new McpCommand(host),
        new DoctorCommand(host),
        new CompletionCommand(host),
    };
}
