using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Tensors;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>Provides options that the subcommands of <c>index</c> share.</summary>
internal static class IndexOptions
{
    // The name of the bundled model in an index.
    private const string Default = "default";

    public static Option<int?> Ef() =>
        NewOption.Count("--ef", "The number of candidates of a search: higher values increase recall and latency; default: 100");

    public static Option<int?> TopK() => NewOption.Count("--top-k", "The maximum number of hits per query; default: 10");

    public static Option<int?> Threads() => NewOption.Count("--threads", "The maximum number of threads; default: one per core");

    public static Option<string[]> Filter() => new("--filter")
    {
        Description = "Returns only vectors with this label; several filters must all match",
        HelpName = "KEY=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Returns the size of the files of an index in bytes.</summary>
    public static long Bytes(string folder) => new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);

    /// <summary>Returns one filter for all labels, or <see langword="null"/> if there are none.</summary>
    public static VectorFilter? FilterOf(string[]? labels) => labels is null or []
        ? null
        : labels.Select(label => label.IndexOf('=', StringComparison.Ordinal) is > 0 and var place
            ? VectorFilter.Label(label[..place], label[(place + 1)..])
            : throw new InputException("--filter", $"'{label}' is not KEY=VALUE; give a label and its value.")).Aggregate((a, b) => a & b);

    /// <summary>Parses an id on the command line: a whole number is a number.</summary>
    public static VectorId Id(string text)
    {
        try
        {
            return VectorId.Parse(text);
        }
        catch (OverflowException e)
        {
            throw new InputException("id", e.Message);
        }
    }

    /// <summary>Reads query vectors.</summary>
    /// <exception cref="InputException">The vectors do not have the dimension of the index.</exception>
    public static Tensor Queries(string path, IVectorIndex index)
    {
        var vectors = VectorMatrix.Open(path);
        return vectors.Dimension == index.Dimension
            ? vectors.ToTensor()
            : throw new InputException(
                path,
                $"the vectors have dimension {vectors.Dimension}, but the index has dimension {index.Dimension}; "
                + "encode the queries with the model of the index.");
    }

    /// <summary>Returns the name and the revision of a model, to store in an index.</summary>
    /// <param name="name">The name on the command line; <see langword="null"/> for the default model.</param>
    /// <param name="folder">The folder of the model.</param>
    public static (string Name, string? Revision) NameOf(string? name, string folder) =>
        name is null ? (Default, null)
        : Directory.Exists(name) ? (Path.GetFullPath(name), null)
        : (name, RevisionOf(folder));

    /// <summary>Opens an index with the model of the command line, or else the one that the index was built with.</summary>
    /// <exception cref="IndexModelException">The model is another than the one that the index was built with.</exception>
    public static async Task<TextIndex> WithModelAsync(
        ModelOption option, ParseResult arguments, IVectorIndex index, Host host, CancellationToken cancellationToken)
    {
        var settings = TextIndexSettings.Of(index);
        var (name, revision) = arguments.GetValue(option) is { } given ? (given, null)
            : settings.Model is Default ? (null, null)
            : (settings.Model, settings.Revision);
        var folder = await ModelOption.FolderAsync(name, host, cancellationToken, revision: revision).ConfigureAwait(false);
        var opened = new TextIndex(index, ModelOption.Load(folder, option.Compute(arguments, settings), host));
        host.Warn(opened.Warnings);
        return opened;
    }

    // In the cache of the Hub, the folder of a model is named by its commit.
    private static string? RevisionOf(string folder) =>
        Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder))) == "snapshots"
            ? Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))
            : null;
}
