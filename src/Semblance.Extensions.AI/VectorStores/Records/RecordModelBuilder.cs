using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Semblance.Extensions.AI;

/// <summary>Builds the model of a record from its attributes or from a definition.</summary>
internal sealed class RecordModelBuilder() : CollectionModelBuilder(new CollectionModelBuildingOptions
{
    RequiresAtLeastOneVector = false,
    SupportsMultipleVectors = true,
})
{
    protected override void ValidateKeyProperty(KeyPropertyModel keyProperty)
    {
        base.ValidateKeyProperty(keyProperty);
        if (!KeyCodec.Supports(keyProperty.Type))
        {
            throw new NotSupportedException(
                $"The key property '{keyProperty.ModelName}' has the type {keyProperty.Type.Name}; use {KeyCodec.SupportedTypes}.");
        }
    }

    protected override void ValidateProperty(PropertyModel propertyModel, VectorStoreCollectionDefinition? definition)
    {
        base.ValidateProperty(propertyModel, definition);
        if (propertyModel.StorageName.StartsWith('$') || propertyModel.StorageName.Contains('[', StringComparison.Ordinal)
            || propertyModel.StorageName.Contains(StoredCollection.Separator, StringComparison.Ordinal))
        {
            throw new InvalidOperationException(
                $"The property '{propertyModel.ModelName}' has the storage name '{propertyModel.StorageName}'; a storage name does not "
                + $"begin with '$' or contain '[' or '{StoredCollection.Separator}'.");
        }

        if (propertyModel is VectorPropertyModel vector)
        {
            ScoreScale.Of(vector.DistanceFunction); // throws for one that is not supported
        }
    }

    protected override bool IsDataPropertyTypeValid(Type type, [NotNullWhen(false)] out string? supportedTypes)
    {
        supportedTypes = LabelCodec.SupportedTypes;
        return LabelCodec.Supports(type);
    }

    protected override bool IsVectorPropertyTypeValid(Type type, [NotNullWhen(false)] out string? supportedTypes)
    {
        supportedTypes = VectorValues.SupportedTypes;
        return VectorValues.Supports(type);
    }
}
