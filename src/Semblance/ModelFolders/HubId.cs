namespace Semblance;

/// <summary>Provides the ids of models on the Hugging Face Hub.</summary>
public static class HubId
{
    /// <summary>
    /// Returns the id on the Hub of a model that is not a folder. A name without an organization gets that of its kind, as in
    /// sentence-transformers: <c>all-MiniLM-L6-v2</c> is <c>sentence-transformers/all-MiniLM-L6-v2</c>; a cross-encoder gets
    /// <c>cross-encoder</c>, a sparse encoder <c>sparse-encoder</c>. The first models of transformers, such as <c>bert-base-uncased</c>,
    /// have no organization.
    /// </summary>
    /// <param name="model">The name.</param>
    /// <param name="kind">The kind of model; null for one that has no organization of its own, such as a text generator.</param>
    /// <returns>The id.</returns>
    /// <exception cref="DirectoryNotFoundException">The name is a path of a folder that does not exist.</exception>
    public static string Of(string model, ModelKind? kind = ModelKind.SentenceTransformer)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        if (File.Exists(model) || Path.IsPathRooted(model) || model.StartsWith('.') || model.Count(c => c is '/' or '\\') > 1)
        {
            throw new DirectoryNotFoundException(
                $"{model}: there is no such folder; give a model's folder, or an id such as sentence-transformers/all-MiniLM-L6-v2.");
        }

        var organization = kind switch
        {
            ModelKind.SentenceTransformer => "sentence-transformers/",
            ModelKind.CrossEncoder => "cross-encoder/",
            ModelKind.SparseEncoder => "sparse-encoder/",
            _ => "",
        };
        return model.Contains('/', StringComparison.Ordinal) || TransformerNames.Contains(model) ? model : organization + model;
    }
}
