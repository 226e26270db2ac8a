using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Tensors;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>Options that the commands of <c>index</c> share.</summary>
internal static class IndexOptions
{
    /// <summary>The attribute that names the model of an index.</summary>
    public const string Model = "model";

    public static Option<bool> Json() => new("--json") { Description = "JSON instead of lines of text" };

    public static Option<int?> Ef() => NewOption.Count("--ef", "How many candidates a search keeps: more find more of the true neighbours, and take longer; default 100");

    public static Option<int?> TopK() => NewOption.Count("--top-k", "How many hits a query gets; default 10");

    public static Option<int?> Threads() => NewOption.Count("--threads", "The most threads to use; default one for each core");

    public static Option<string[]> Filter() => new("--filter")
    {
        Description = "Only vectors with this label; several must all agree",
        HelpName = "KEY=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>How many bytes the files of an index take.</summary>
    public static long Bytes(string folder) => new DirectoryInfo(folder).EnumerateFiles().Sum(file => file.Length);

    /// <summary>The labels that were given, as one filter; null for none.</summary>
    public static VectorFilter? FilterOf(string[]? labels) => labels is null or []
        ? null
        : labels.Select(label => label.IndexOf('=', StringComparison.Ordinal) is > 0 and var place
            ? VectorFilter.Label(label[..place], label[(place + 1)..])
            : throw new InputException("--filter", $"'{label}' is no KEY=VALUE; give a label and its value.")).Aggregate((a, b) => a & b);

    /// <summary>An id as it is written on the command line: a whole number is a number.</summary>
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

    /// <summary>Vectors to search with.</summary>
    /// <exception cref="InputException">They have another dimension than the index.</exception>
    public static Tensor Queries(string path, IVectorIndex index)
    {
        var vectors = VectorMatrix.Open(path);
        return vectors.Dimension == index.Dimension
            ? vectors.ToTensor()
            : throw new InputException(path, $"its vectors have {vectors.Dimension} elements, and those of the index {index.Dimension}; encode the queries with the model of the index.");
    }

    /// <summary>The model for an index: the one that is named, or the one that it was built with.</summary>
    public static async Task<SentenceTransformer> LoadModelAsync(ModelOption option, ParseResult arguments, IVectorIndex index, Host host, CancellationToken cancellationToken)
    {
        var model = arguments.GetValue(option) is null && index.Attributes.TryGetValue(Model, out var built) && built.Length > 0
            ? await ModelOption.LoadAsync(built, host, cancellationToken).ConfigureAwait(false)
            : await option.LoadAsync(arguments, host, cancellationToken).ConfigureAwait(false);
        return model.Dimension == index.Dimension
            ? model
            : throw new InputException("--model", $"its vectors have {model.Dimension} elements, and those of the index {index.Dimension}; name the model that the index was built with.");
    }
}
