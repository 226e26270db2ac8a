"""BERT as the transformers library computes it, with mean pooling, in PyTorch: without that library's Python overhead."""
import torch
from torch.nn import functional


class Bert:
    def __init__(self, config, weights):
        self.config = config
        self.weights = {name: torch.from_numpy(array) for name, array in weights.items()}
        self.training = False

    def linear(self, x, name):
        return functional.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def norm(self, x, name):
        return functional.layer_norm(x, x.shape[-1:], self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], self.config["layer_norm_eps"])

    def dropout(self, x, rate="hidden_dropout_prob"):
        return functional.dropout(x, self.config[rate]) if self.training else x

    def attention(self, x, mask, name):
        def split(y):
            return y.view(*y.shape[:2], self.config["num_attention_heads"], -1).transpose(1, 2)

        query, key, value = (split(self.linear(x, f"{name}.self.{part}")) for part in ("query", "key", "value"))
        scores = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5 + mask
        context = (self.dropout(scores.softmax(-1), "attention_probs_dropout_prob") @ value).transpose(1, 2).flatten(2)
        return self.norm(self.dropout(self.linear(context, f"{name}.output.dense")) + x, f"{name}.output.LayerNorm")

    def encode(self, ids):
        mask = (ids != self.config["pad_token_id"]).float()
        x = functional.embedding(ids, self.weights["embeddings.word_embeddings.weight"])
        x = x + self.weights["embeddings.position_embeddings.weight"][: ids.shape[1]] + self.weights["embeddings.token_type_embeddings.weight"][0]
        x = self.dropout(self.norm(x, "embeddings.LayerNorm"))
        added = (1 - mask)[:, None, None, :] * torch.finfo(torch.float32).min
        for layer in range(self.config["num_hidden_layers"]):
            name = f"encoder.layer.{layer}"
            x = self.attention(x, added, f"{name}.attention")
            inner = functional.gelu(self.linear(x, f"{name}.intermediate.dense"))
            x = self.norm(self.dropout(self.linear(inner, f"{name}.output.dense")) + x, f"{name}.output.LayerNorm")
        mean = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return functional.normalize(mean)
