"""Make a tiny language model: a random Llama with its own tokenizer, in seconds and without a download.

The replies of the model are random. The checks of vLLM and of training use it on machines without a GPU::

    python scripts/tiny_model.py /tmp/tiny

Requires torch, transformers and tokenizers, which are not in the base installation.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

VOCABULARY = 320
"""Number of tokens: 256 bytes, six special tokens, and merges that are learned from the text below."""
LENGTH = 16384
"""Length of the longest sequence in tokens. Positions are rotary, so the length costs no memory."""
HEAD = 32
"""Width of an attention head: the smallest width that the CPU kernels of vLLM support."""
BEGIN, END, PAD = "<s>", "</s>", "<pad>"
USER, ASSISTANT, SYSTEM = "<|user|>", "<|assistant|>", "<|system|>"
SPECIAL = (BEGIN, END, PAD, USER, ASSISTANT, SYSTEM)

CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{{ '<|' + message['role'] + '|>' }}"
    "{% if message['role'] == 'assistant' %}"
    "{% generation %}{{ message['content'] + eos_token }}{% endgeneration %}"
    "{% else %}{{ message['content'] + eos_token }}{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)

TEXT = (
    "Sally and Anne entered the kitchen. The ball is in the basket. Sally exited the kitchen.",
    "Anne moved the ball to the box. The box is in the kitchen. Where will Sally look for the ball?",
    "Turn the narrative into a context, step by step, and think about what each agent observes and does.",
    '{"agents_names": ["Sally", "Anne"], "socialized_context": [{"timestep": "1", "state": "The ball is here.", '
    '"observations": ["Sally: <same_as_state />", "Anne: none"], "actions": ["Sally: none", "Anne: none"]}]}',
)


def make_tiny_model(
    folder: str | Path,
    chat_template: bool = True,
    seed: int = 0,
    *,
    corpus: Iterable[str] = TEXT,
    vocabulary: int = VOCABULARY,
    layers: int = 2,
    hidden: int = 64,
) -> Path:
    """Write a random Llama with its tokenizer as a Hugging Face folder.

    Parameters
    ----------
    folder
        Folder for the model; created if it does not exist.
    chat_template
        Whether the tokenizer has a chat template (``<|user|>…</s><|assistant|>``).
    seed
        Seed of the weights; the same seed gives the same model.
    corpus
        Texts from which the merges of the tokenizer are learned.
    vocabulary
        Number of tokens, including the 256 bytes and six special tokens.
    layers, hidden
        Number of layers, and width of a layer.

    Returns
    -------
    Path
        Folder of the model.

    Examples
    --------
    >>> def load() -> object:
    ...     from transformers import AutoModelForCausalLM
    ...
    ...     return AutoModelForCausalLM.from_pretrained(make_tiny_model("/tmp/tiny"))
    """
    import torch  # type: ignore[import-not-found,unused-ignore]
    from tokenizers import (  # type: ignore[import-not-found,unused-ignore]
        Tokenizer,
        decoders,
        models,
        pre_tokenizers,
        trainers,
    )
    from transformers import (  # type: ignore[import-not-found,unused-ignore]
        LlamaConfig,
        LlamaForCausalLM,
        PreTrainedTokenizerFast,
    )

    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=list(SPECIAL), initial_alphabet=alphabet, show_progress=False
    )
    pieces.train_from_iterator(corpus, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=pieces,
        bos_token=BEGIN,
        eos_token=END,
        pad_token=PAD,
        model_max_length=LENGTH,
        clean_up_tokenization_spaces=False,
    )
    if chat_template:
        tokenizer.chat_template = CHAT_TEMPLATE
    heads = max(1, hidden // HEAD)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        intermediate_size=2 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        max_position_embeddings=LENGTH,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        tie_word_embeddings=True,
    )
    torch.manual_seed(seed)
    model = LlamaForCausalLM(config)
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


def main() -> None:
    """Make a model from the command line."""
    parser = argparse.ArgumentParser(
        description="Write a tiny random Llama with its tokenizer as a Hugging Face folder."
    )
    parser.add_argument("folder", type=Path, help="folder for the model")
    parser.add_argument("--no-chat-template", action="store_true", help="make a tokenizer without a chat template")
    parser.add_argument("--seed", type=int, default=0, help="seed of the weights")
    given = parser.parse_args()
    make_tiny_model(given.folder, not given.no_chat_template, given.seed)


if __name__ == "__main__":
    main()
